"""Decisions on a pair: introduce the two, and record each next step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, assert_never

from services.projects.common.refusal import Refused
from services.projects.common.values import Evidence, Money, Note
from services.projects.matching.listings.facts import MeetingPoint
from services.projects.matching.matches.facts import (
    INITIAL,
    Apart,
    Concluded,
    Declined,
    DeclinedBy,
    Introduced,
    MatchConcluded,
    MatchDeclined,
    MatchEvent,
    MatchIntroduced,
    MatchNegotiationStarted,
    MatchReopened,
    MatchState,
    Negotiating,
    Pair,
    Revisions,
    evolve,
)
from services.projects.matching.scoring import Score
from services.projects.matching.values import ListingId
from shared.command import Given, command, decider
from shared.values import Says

Step = Literal["negotiating", "matched", "declined", "reopened"]
DayOfStep = Annotated[date | None, Says(description="the day; without it today")]
"""Always with None as its default."""


@command(example={"need": "N-2013-017", "offer": "R-2013-204", "on": "2013-06-18", "note": "6·18"})
class IntroduceMatch:
    """Bring a need and an offer together."""

    need: ListingId
    offer: ListingId
    on: DayOfStep = None
    note: Annotated[Note, Says(description="in words")] = ""


@command(
    example={
        "need": "N-2013-017",
        "offer": "R-2013-204",
        "step": "matched",
        "evidence": "技术合作协议〔2013〕9号",
        "amount": "2800000",
    }
)
class MoveMatch:
    """The next step of a pair."""

    need: ListingId
    offer: ListingId
    step: Annotated[
        Step,
        Says(
            description="negotiating 洽谈, matched 对接成功, declined 未成, "
            "reopened: what was agreed did not hold"
        ),
    ]
    on: DayOfStep = None
    evidence: Annotated[
        Evidence | None, Says(description="needed for matched: the agreement's reference")
    ] = None
    amount: Annotated[Money | None, Says(description="agreed amount, CNY (yuan); needed for finance")] = None
    by: Annotated[DeclinedBy | None, Says(description="needed for declined: who said no")] = None
    reason: Annotated[Note, Says(description="needed for declined and reopened")] = ""


MatchCommand = IntroduceMatch | MoveMatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired(Given):
    """The two of whom it is decided, and what they say at present."""

    pair: Pair
    revisions: Revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(Paired):
    """How the two fit on that day. `excluded`: why they must not be introduced, in words; empty: nothing says so."""

    score: Score
    excluded: tuple[str, ...] = ()


def decide(command: MatchCommand, state: MatchState, given: Paired) -> Sequence[MatchEvent]:
    """The events of a command, or Refused."""
    on = command.on or given.today
    if isinstance(command, MoveMatch):
        _check_complete(command)
    _check_day(on, given.today, state)
    match (command, given):
        case (IntroduceMatch(), Scored()):
            return (
                []
                if isinstance(state, Introduced | Negotiating | Concluded)
                else [_introduced(command, state, given, on)]
            )
        case (MoveMatch(), _):
            return _moved(command, state, given, on)
        case _:
            raise TypeError("an introduction is decided with a score")


MATCH = decider(INITIAL, decide, evolve)


def _moved(command: MoveMatch, state: MatchState, given: Paired, on: date) -> Sequence[MatchEvent]:
    match (command.step, state):
        case ("negotiating", Introduced()):
            return [MatchNegotiationStarted(pair=given.pair, started_on=on, note=command.reason)]
        case ("negotiating", Negotiating()):
            return []
        case ("matched", Introduced() | Negotiating()):
            return [_concluded(command, given, on)]
        case ("matched", Concluded()) if (command.evidence, command.amount) == (state.evidence, state.amount):
            return []
        case ("declined", Declined()) if given.revisions == state.revisions:
            return []
        # A pair that was declined is suggested again after a revision, and may be declined again.
        case ("declined", Apart() | Introduced() | Negotiating() | Declined()):
            return [_declined(command, given, on)]
        case ("reopened", Concluded()):
            return [
                MatchReopened(
                    pair=given.pair,
                    reason=command.reason,
                    reopened_on=on,
                    concluded_on=state.since,
                    amount=state.amount,
                )
            ]
        case _:
            raise Refused(
                f"{_STEPS[command.step]} on {type(state).__name__}: {_WHAT_FITS[type(state)]}",
                code="match-step",
                status=409,
                where="step",
            )


_STEPS: Mapping[Step, str] = {
    "negotiating": "StartNegotiation",
    "matched": "Conclude",
    "declined": "Decline",
    "reopened": "Reopen",
}
_WHAT_FITS: Mapping[type, str] = {
    Apart: "the two have not been introduced; introduce or decline them.",
    Introduced: "they are introduced; they may negotiate, conclude or decline.",
    Negotiating: "they negotiate; they may conclude or decline.",
    Concluded: "they have agreed; if that did not hold, reopen it with the reason.",
    Declined: "it was declined; introduce them again when there is news.",
}


def _introduced(command: IntroduceMatch, state: Apart | Declined, given: Scored, on: date) -> MatchIntroduced:
    if given.excluded:
        raise Refused(
            f"{given.pair.need} and {given.pair.offer} exclude each other: {'; '.join(given.excluded)}.",
            code="excluded",
            where="offer",
            remedy="If that no longer holds, revise the listing that says so.",
        )
    if isinstance(state, Declined) and given.revisions == state.revisions:
        raise Refused(
            f"It was declined on {state.since} by the {state.by}: {state.reason}. Nothing has changed since.",
            code="declined-before",
            status=409,
            where="offer",
            remedy="Revise the need or the offer: what is new is a reason to ask again.",
        )
    return MatchIntroduced(
        pair=given.pair,
        revisions=given.revisions,
        score=given.score,
        introduced_on=on,
        note=command.note,
    )


def _concluded(command: MoveMatch, given: Paired, on: date) -> MatchConcluded:
    if given.pair.meeting is MeetingPoint.FINANCE and command.amount is None:
        raise Refused(
            "A match of a project and a bank needs its amount.",
            code="amount-missing",
            where="amount",
            remedy="Give the loan agreed on, in yuan.",
        )
    return MatchConcluded(
        pair=given.pair,
        concluded_on=on,
        evidence=command.evidence or "",
        amount=command.amount,
        note=command.reason,
    )


def _declined(command: MoveMatch, given: Paired, on: date) -> MatchDeclined:
    return MatchDeclined(
        pair=given.pair,
        revisions=given.revisions,
        by=command.by or "office",
        reason=command.reason,
        declined_on=on,
    )


def _check_complete(command: MoveMatch) -> None:
    match command.step:
        case "negotiating":
            return
        case "matched":
            if command.evidence is None:
                raise _missing("evidence", "the agreement's number or reference")
        case "declined":
            if command.by is None:
                raise _missing("by", "who said no: need, offer or office")
            if not command.reason:
                raise _missing("reason", "why it was declined")
        case "reopened":
            if not command.reason:
                raise _missing("reason", "why what was agreed did not hold")
        case _:
            assert_never(command.step)


def _missing(field: str, what: str) -> Refused:
    return Refused(f"This step needs `{field}`: {what}.", code="missing", where=field)


def _check_day(on: date, today: date, state: MatchState) -> None:
    if on > today:
        raise Refused(
            f"{on} has not come yet; today is {today}.",
            code="future-date",
            where="on",
            remedy="Report what has happened, when it has.",
        )
    if not isinstance(state, Apart) and on < state.since:
        raise Refused(
            f"{on} lies before {state.since}, the day of the step before.",
            code="date-order",
            where="on",
        )
