"""What is known of a need or an offer: its terms as they were put forward, revised and withdrawn."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never


class MeetingPoint(StrEnum):
    """Where two sides meet. Need and offer are, in turn:

    investment (招商对接, PM-7, PM-11): a project that seeks investors, an investor's intention.
    technology (产学研对接, IN-3 to IN-5): an enterprise's technology need, a research result.
    finance (银企对接, TR-22): a project's need of financing, a bank's offer.
    integration (“两化”融合供需对接, DI-7, DI-8, DI-13, DI-14): a demonstration zone's or an enterprise's need,
    a software firm's or service platform's offer.
    """

    INVESTMENT = "investment"
    TECHNOLOGY = "technology"
    FINANCE = "finance"
    INTEGRATION = "integration"


class Side(StrEnum):
    """Which side of a meeting point (需求 or 供给)."""

    NEED = "need"
    OFFER = "offer"

    @property
    def other(self) -> "Side":
        return Side.OFFER if self is Side.NEED else Side.NEED


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked or offered. Amounts in CNY (yuan), both ends included; None: open on that side.

    `industries` GB/T 4754 codes without the letter; empty: not said. `regions` where it is wanted or offered;
    empty: everywhere. `excluded_*` are never introduced (排除条件). `valid_to` is the last day; None: open.
    """

    title: str
    description: str
    valid_from: date
    valid_to: date | None = None
    keywords: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    excluded_regions: tuple[str, ...] = ()
    excluded_industries: tuple[str, ...] = ()
    excluded_parties: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The searchable text, one field per line so that no term spans two fields."""
        return "\n".join((self.title, *self.keywords, self.description))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRegistered:
    """A need or offer was put forward (推介). `region` keeps it; `party` is who needs or offers."""

    listing: str
    meeting: MeetingPoint
    side: Side
    region: str
    party: str
    terms: Terms
    registered_on: date
    enterprise: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRevised:
    """Its terms were replaced: news for whoever had declined it. The first revision after registering is 2."""

    listing: str
    meeting: MeetingPoint
    side: Side
    region: str
    revision: int
    terms: Terms
    reason: str
    revised_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWithdrawn:
    """It is no longer put forward (撤回)."""

    listing: str
    meeting: MeetingPoint
    side: Side
    region: str
    reason: str
    withdrawn_on: date


ListingEvent = ListingRegistered | ListingRevised | ListingWithdrawn


@dataclass(frozen=True, slots=True)
class Unlisted:
    """No such listing yet."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing with its present terms, or with its last ones where it was withdrawn."""

    registered: ListingRegistered
    terms: Terms
    revision: int
    changed_on: date


@dataclass(frozen=True, slots=True)
class Listed(Listing):
    """An open listing."""


@dataclass(frozen=True, slots=True)
class Withdrawn(Listing):
    """A withdrawn listing."""

    reason: str


ListingState = Unlisted | Listed | Withdrawn
INITIAL: ListingState = Unlisted()


def stream(listing: str) -> str:
    """The stream of one need or offer."""
    return f"listing:{listing}"


def evolve(state: ListingState, event: ListingEvent) -> ListingState:
    """The state after a stored fact."""
    match event:
        case ListingRegistered():
            return Listed(event, event.terms, 1, event.registered_on)
        case ListingRevised():
            return Listed(_known(state).registered, event.terms, event.revision, event.revised_on)
        case ListingWithdrawn():
            known = _known(state)
            return Withdrawn(known.registered, known.terms, known.revision, event.withdrawn_on, event.reason)
        case _:
            assert_never(event)


def _known(state: ListingState) -> Listed:
    if not isinstance(state, Listed):
        raise TypeError("a listing's history starts with ListingRegistered and ends with ListingWithdrawn")
    return state
