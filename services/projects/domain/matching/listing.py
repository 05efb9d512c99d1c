"""Listing (对接信息): a need or an offer that is put forward at one of the meeting points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from services.projects.domain.checks import ask_back
from services.projects.domain.plausibility import USUAL, AmountCare, doubt_listing
from services.projects.domain.refusal import Refused


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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
class Listed:
    """An open listing with its current terms."""

    registered: ListingRegistered
    terms: Terms
    revision: int
    changed_on: date


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A withdrawn listing with its last terms."""

    registered: ListingRegistered
    terms: Terms
    revision: int
    changed_on: date
    reason: str


ListingState = Unlisted | Listed | Withdrawn
INITIAL: ListingState = Unlisted()


@dataclass(frozen=True, slots=True)
class RegisterListing:
    """Put a need or offer forward. `today` is the Clock's day in +08:00."""

    listing: str
    meeting: MeetingPoint
    side: Side
    region: str
    party: str
    terms: Terms
    today: date
    enterprise: str | None = None
    project: str | None = None
    confirmed: bool = False
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class ReviseListing:
    """Replace its terms."""

    listing: str
    terms: Terms
    reason: str
    today: date
    confirmed: bool = False
    care: AmountCare = USUAL


@dataclass(frozen=True, slots=True)
class WithdrawListing:
    """Put it forward no longer."""

    listing: str
    reason: str
    today: date


ListingCommand = RegisterListing | ReviseListing | WithdrawListing


def decide(command: ListingCommand, state: ListingState) -> Sequence[ListingEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (RegisterListing(), Unlisted()):
            return [_registered(command)]
        case (RegisterListing(), Listed() | Withdrawn()):
            return _registered_again(command, state)
        case (ReviseListing(), Listed()):
            return _revised(command, state)
        case (WithdrawListing(), Listed(registered=known)):
            return [
                ListingWithdrawn(
                    known.listing, known.meeting, known.side, known.region, command.reason, command.today
                )
            ]
        case (WithdrawListing(), Withdrawn()):
            return []
        case (ReviseListing(), Withdrawn()):
            raise Refused(
                f"{command.listing} was withdrawn on {state.changed_on}: {state.reason}.",
                code="withdrawn",
                status=409,
                where="listing",
                remedy="Register it anew under another id.",
            )
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no listing {command.listing!r}.",
                code="not-found",
                status=404,
                where="listing",
                remedy="Register it first, or check its id.",
            )


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


def _registered(command: RegisterListing) -> ListingRegistered:
    _check(command.terms, command.confirmed, command.care)
    return ListingRegistered(
        listing=command.listing,
        meeting=command.meeting,
        side=command.side,
        region=command.region,
        party=command.party,
        terms=command.terms,
        registered_on=command.today,
        enterprise=command.enterprise,
        project=command.project,
    )


def _registered_again(command: RegisterListing, state: Listed | Withdrawn) -> Sequence[ListingEvent]:
    """Registering the same content again changes nothing: a file may be imported twice. Raises Refused otherwise."""
    known = state.registered
    again = (command.meeting, command.side, command.region, command.party, command.terms)
    if again == (known.meeting, known.side, known.region, known.party, known.terms):
        return []
    raise Refused(
        f"{command.listing} is registered already, with other content.",
        code="exists",
        status=409,
        where="listing",
        remedy="Revise it, with the reason; something new needs a new id.",
    )


def _revised(command: ReviseListing, state: Listed) -> Sequence[ListingEvent]:
    if command.terms == state.terms:
        return []
    _check(command.terms, command.confirmed, command.care)
    known = state.registered
    return [
        ListingRevised(
            known.listing,
            known.meeting,
            known.side,
            known.region,
            state.revision + 1,
            command.terms,
            command.reason,
            command.today,
        )
    ]


def _check(terms: Terms, confirmed: bool, care: AmountCare) -> None:
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        raise Refused(
            f"It would end on {terms.valid_to}, before it begins on {terms.valid_from}.",
            code="date-order",
            where="valid_to",
        )
    low, high = terms.amount_min, terms.amount_max
    if low is not None and high is not None and low > high:
        raise Refused(
            f"The least amount ({low} yuan) is above the greatest ({high} yuan).",
            code="amount",
            where="amount_min",
            remedy="Both amounts are in yuan; check for 万元 or 亿元.",
        )
    if doubted := doubt_listing(low, high, care):
        where, why = doubted
        ask_back(why, confirmed, where)


def _known(state: ListingState) -> Listed:
    if not isinstance(state, Listed):
        raise TypeError("a listing's history starts with ListingRegistered and ends with ListingWithdrawn")
    return state
