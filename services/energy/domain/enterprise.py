"""An enterprise (企业) whose energy is measured: who it is, where it lies, what it makes.

The internal id never changes. Outside identifiers are dated, because their schemes change (X-25); the region
is dated, because enterprises move, and a day's energy belongs to the region of that day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import assert_never

from services.energy.common.refusal import Refused, taken, unknown

from .identifiers import Scheme, check

_INDUSTRY = re.compile(r"(0[1-9]|[1-8]\d|9[0-6])\d{0,2}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_SITED_LEVELS = frozenset({"prefecture", "county", "zone"})


@dataclass(frozen=True, slots=True)
class Region:
    """Reference data that travels on a command: a region as it is in the loaded plan."""

    code: str
    name: str
    level: str
    administered: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class ExternalId:
    """An identifier that somebody else gives, and the days it holds; `valid_to` None while it lasts."""

    scheme: Scheme
    value: str
    valid_from: date
    valid_to: date | None = None


# Commands


@dataclass(frozen=True, slots=True)
class RegisterEnterprise:
    """`region` is what the code `region_code` stands for, or None if the plan knows no such code."""

    enterprise: str
    name: str
    region_code: str
    region: Region | None
    industry: str
    external_ids: tuple[ExternalId, ...]
    valid_from: date


@dataclass(frozen=True, slots=True)
class ChangeEnterprise:
    """A new name, region or industry from a day on; None leaves the field as it is."""

    valid_from: date
    reason: str
    name: str | None = None
    region_code: str | None = None
    region: Region | None = None
    industry: str | None = None


@dataclass(frozen=True, slots=True)
class AssignExternalId:
    """A further identifier. The one of the same scheme that holds until now ends the day before."""

    scheme: Scheme
    value: str
    valid_from: date


Command = RegisterEnterprise | ChangeEnterprise | AssignExternalId


# Events


@dataclass(frozen=True, slots=True)
class EnterpriseRegistered:
    """The enterprise is known from `valid_from` on. `industry` is a GB/T 4754-2011 code."""

    enterprise: str
    name: str
    region: str
    industry: str
    external_ids: tuple[ExternalId, ...]
    valid_from: date


@dataclass(frozen=True, slots=True)
class EnterpriseChanged:
    """What holds from `valid_from` on; the days before keep what they had."""

    enterprise: str
    name: str
    region: str
    industry: str
    valid_from: date
    previous_region: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExternalIdAssigned:
    """`replaces` is the value of the same scheme that ended the day before, if there was one."""

    enterprise: str
    scheme: Scheme
    value: str
    valid_from: date
    replaces: str | None = None


Event = EnterpriseRegistered | EnterpriseChanged | ExternalIdAssigned


# States


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Nobody has registered it."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A known enterprise; the fields are the latest, `changed_on` is the first day on which they hold."""

    enterprise: str
    name: str
    region: str
    industry: str
    external_ids: tuple[ExternalId, ...]
    changed_on: date


State = Unregistered | Registered


def decide(command: Command, state: State) -> Sequence[Event]:
    """What happens. Raises Refused, which names the field at fault."""
    match command, state:
        case RegisterEnterprise(), Unregistered():
            return [_registered(command)]
        case RegisterEnterprise(enterprise=enterprise), Registered():
            if state == evolve(Unregistered(), _registered(command)):
                return []
            raise taken("enterprise", enterprise, f"Enterprise {enterprise!r} is registered already.")
        case ChangeEnterprise(), Registered():
            return _change(command, state)
        case AssignExternalId(), Registered():
            return _assign(command, state)
        case ChangeEnterprise() | AssignExternalId(), Unregistered():
            raise unknown("enterprise", "")
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def evolve(state: State, event: Event) -> State:
    """The state after a fact."""
    match event:
        case EnterpriseRegistered():
            return Registered(
                event.enterprise,
                event.name,
                event.region,
                event.industry,
                event.external_ids,
                event.valid_from,
            )
        case EnterpriseChanged():
            return replace(
                _known(state),
                name=event.name,
                region=event.region,
                industry=event.industry,
                changed_on=event.valid_from,
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
            return replace(
                known, external_ids=(*kept, ExternalId(event.scheme, event.value, event.valid_from))
            )
        case _:
            assert_never(event)


def _known(state: State) -> Registered:
    if not isinstance(state, Registered):
        raise TypeError("an event before the registration")
    return state


def _registered(command: RegisterEnterprise) -> EnterpriseRegistered:
    if not _ID.fullmatch(command.enterprise):
        raise Refused(
            "malformed-enterprise",
            f"{command.enterprise!r} is no enterprise id: letters, digits, - and _, at most 40.",
            remedy="Give a short id of your own, or leave it out to get one.",
            where="enterprise",
        )
    codes = tuple(
        replace(given, value=check(given.scheme, given.value, given.valid_from))
        for given in command.external_ids
    )
    _one_at_a_time(codes)
    return EnterpriseRegistered(
        command.enterprise,
        _name(command.name),
        _site(command.region_code, command.region, command.valid_from),
        _industry(command.industry),
        codes,
        command.valid_from,
    )


def _change(command: ChangeEnterprise, state: Registered) -> Sequence[Event]:
    if command.valid_from < state.changed_on:
        raise Refused(
            "change-before-last",
            f"What is known holds from {state.changed_on}; a change from {command.valid_from} would be older.",
            remedy=f"Give a valid_from of {state.changed_on} or later.",
            where="valid_from",
        )
    changed = EnterpriseChanged(
        state.enterprise,
        state.name if command.name is None else _name(command.name),
        state.region
        if command.region_code is None
        else _site(command.region_code, command.region, command.valid_from),
        state.industry if command.industry is None else _industry(command.industry),
        command.valid_from,
        state.region,
        command.reason,
    )
    same = (changed.name, changed.region, changed.industry) == (state.name, state.region, state.industry)
    return [] if same else [changed]


def _assign(command: AssignExternalId, state: Registered) -> Sequence[Event]:
    value = check(command.scheme, command.value, command.valid_from)
    held = [known for known in state.external_ids if known.scheme == command.scheme]
    if any(known.value == value and known.valid_to is None for known in held):
        return []
    current = next((known for known in held if known.valid_to is None), None)
    if current is not None and command.valid_from <= current.valid_from:
        raise Refused(
            "external-id-before-last",
            f"{current.scheme} {current.value} holds from {current.valid_from}.",
            remedy="Give a later valid_from.",
            where="valid_from",
        )
    replaced = None if current is None else current.value
    return [ExternalIdAssigned(state.enterprise, command.scheme, value, command.valid_from, replaced)]


def _one_at_a_time(codes: tuple[ExternalId, ...]) -> None:
    for i, code in enumerate(codes):
        if code.valid_to is not None and code.valid_to < code.valid_from:
            raise Refused(
                "validity-reversed",
                f"{code.scheme} {code.value} would end on {code.valid_to}, before {code.valid_from}.",
                where="external_ids",
            )
        for other in codes[i + 1 :]:
            if code.scheme == other.scheme and _overlap(code, other):
                raise Refused(
                    "external-ids-overlap",
                    f"Two {code.scheme} hold at once: {code.value} and {other.value}.",
                    remedy="Give the earlier one a valid_to.",
                    where="external_ids",
                )


def _overlap(one: ExternalId, other: ExternalId) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _name(name: str) -> str:
    if not (stripped := name.strip()):
        raise Refused("no-name", "The enterprise has no name.", where="name")
    return stripped


def _industry(code: str) -> str:
    if not _INDUSTRY.fullmatch(code):
        raise Refused(
            "malformed-industry",
            f"{code!r} is no GB/T 4754-2011 code: 2 to 4 digits, divisions 01 to 96.",
            remedy="Give the division (31), group (311) or class (3110), without the letter of the section.",
            where="industry",
        )
    return code


def _site(code: str, region: Region | None, on: date) -> str:
    if region is None:
        raise Refused(
            "unknown-region",
            f"No loaded plan has a region {code!r}.",
            remedy="Give a code of GB/T 2260 that the plan lists, or load the plan first.",
            where="region",
        )
    if region.level not in _SITED_LEVELS or not region.administered:
        why = "isn't administered here" if not region.administered else f"is a {region.level}"
        raise Refused(
            "region-cannot-hold-enterprise",
            f"{region.code} {region.name} {why}: an enterprise lies in a city, county or zone.",
            where="region",
        )
    if not region.holds(on):
        raise Refused(
            "region-not-valid",
            f"{region.code} {region.name} is valid from {region.valid_from} to {region.valid_to}, "
            f"not on {on}.",
            remedy="Give the code that held on that day.",
            where="region",
        )
    return region.code
