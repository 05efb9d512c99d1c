"""What is known of an enterprise: its registration, its changes, the identifiers that others give it.

The internal id never changes. Outside identifiers are dated, because their schemes change (X-25); the region
is dated, because enterprises move, and a day's energy belongs to the region of that day.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import assert_never

from services.energy.enterprises.identifiers import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalId:
    """An identifier that somebody else gives, and the days it holds; `valid_to` None while it lasts."""

    scheme: Scheme
    value: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseRegistered:
    """The enterprise is known from `valid_from` on. `industry` is a GB/T 4754-2011 code."""

    enterprise: str
    name: str
    region: str
    industry: str
    external_ids: tuple[ExternalId, ...]
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseChanged:
    """What holds from `valid_from` on; the days before keep what they had."""

    enterprise: str
    name: str
    region: str
    industry: str
    valid_from: date
    previous_region: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalIdAssigned:
    """`replaces` is the value of the same scheme that ended the day before, if there was one."""

    enterprise: str
    scheme: Scheme
    value: str
    valid_from: date
    replaces: str | None = None


EnterpriseEvent = EnterpriseRegistered | EnterpriseChanged | ExternalIdAssigned


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Nobody has registered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A known enterprise; the fields are the latest, `valid_from` is the first day on which they hold.

    `sites`: the region in which it lies from each day on.
    """

    enterprise: str
    name: str
    region: str
    industry: str
    external_ids: tuple[ExternalId, ...]
    valid_from: date
    sites: dict[date, str]


EnterpriseState = Unregistered | Registered
INITIAL: EnterpriseState = Unregistered()


def stream(enterprise: str) -> str:
    """The stream of an enterprise."""
    return f"enterprise-{enterprise}"


def evolve(state: EnterpriseState, event: EnterpriseEvent) -> EnterpriseState:
    """The state after a fact."""
    match event:
        case EnterpriseRegistered():
            return Registered(
                enterprise=event.enterprise,
                name=event.name,
                region=event.region,
                industry=event.industry,
                external_ids=event.external_ids,
                valid_from=event.valid_from,
                sites={event.valid_from: event.region},
            )
        case EnterpriseChanged():
            known = _known(state)
            moved = event.region != event.previous_region
            return replace(
                known,
                name=event.name,
                region=event.region,
                industry=event.industry,
                valid_from=event.valid_from,
                sites={**known.sites, event.valid_from: event.region} if moved else known.sites,
            )
        case ExternalIdAssigned():
            known = _known(state)
            ended = event.valid_from - timedelta(days=1)
            kept = tuple(
                replace(held, valid_to=ended)
                if held.scheme == event.scheme and held.value == event.replaces and held.valid_to is None
                else held
                for held in known.external_ids
            )
            new = ExternalId(scheme=event.scheme, value=event.value, valid_from=event.valid_from)
            return replace(known, external_ids=(*kept, new))
        case _:
            assert_never(event)


def _known(state: EnterpriseState) -> Registered:
    if not isinstance(state, Registered):
        raise TypeError("an event before the registration")
    return state
