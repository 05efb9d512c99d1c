"""What comes of silence (逾期后果): drawn by the rule of the duty, carried out, and lifted when it no longer holds.

named_in_bulletin (通报批评) is carried out by the next bulletin that goes out with the region in it, summoned (约谈) is
for people. Either is lifted when one of its periods is waived or handed in after all: the next bulletin says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.projects.domain.duty import Consequence


@dataclass(frozen=True, slots=True)
class DutyConsequenceDrawn:
    """So many periods in a row are missing: what the rule says for that is due."""

    plan: str
    duty: str
    region: str
    periods: tuple[str, ...]
    consequence: Consequence
    on: date


@dataclass(frozen=True, slots=True)
class DutyConsequenceCarriedOut:
    """It has had its effect: `evidence` names the bulletin that names the region, `document_period` is its period.

    `first_period` and `last_period` say which run of missing periods it was drawn for.
    """

    plan: str
    duty: str
    region: str
    first_period: str
    last_period: str
    consequence: Consequence
    on: date
    evidence: str
    document_period: str | None = None


@dataclass(frozen=True, slots=True)
class DutyConsequenceLifted:
    """One of its periods was waived or handed in after all: it no longer holds."""

    plan: str
    duty: str
    region: str
    first_period: str
    last_period: str
    consequence: Consequence
    on: date
    reason: str


ConsequenceEvent = DutyConsequenceDrawn | DutyConsequenceCarriedOut | DutyConsequenceLifted


Whose = tuple[str, str, str]
"""Plan, duty and region."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a consequence came to: the bulletin and its period."""

    evidence: str
    document_period: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A consequence as it stands; `first` and `last` are the periods of its run."""

    first: str
    last: str
    consequence: Consequence
    carried_out: bool = False
    lifted: bool = False

    def covers(self, period: str) -> bool:
        return self.first <= period <= self.last


def evolve(state: Sequence[Drawn], event: ConsequenceEvent) -> tuple[Drawn, ...]:
    """The consequences of an account after a stored fact."""
    match event:
        case DutyConsequenceDrawn():
            return (*state, Drawn(event.periods[0], event.periods[-1], event.consequence))
        case DutyConsequenceCarriedOut():
            return tuple(
                replace(one, carried_out=True) if one.last == event.last_period else one for one in state
            )
        case DutyConsequenceLifted():
            return tuple(replace(one, lifted=True) if one.last == event.last_period else one for one in state)
        case _:
            assert_never(event)


def lifted(
    whose: Whose, state: Sequence[Drawn], settled: Mapping[str, str], today: date
) -> Sequence[DutyConsequenceLifted]:
    """What was drawn for a run of which a period is no longer missing; `settled` says how, by period."""
    found = []
    for one in state:
        period = next((each for each in settled if one.covers(each)), None)
        if period is not None and not one.lifted:
            reason = f"{period} {settled[period]}"
            found.append(DutyConsequenceLifted(*whose, one.first, one.last, one.consequence, today, reason))
    return found


def carried_out(
    whose: Whose, state: Sequence[Drawn], last: str, effect: Effect, today: date
) -> Sequence[DutyConsequenceCarriedOut]:
    """The consequence of the run that ended with `last`: once, and only while it holds."""
    return [
        DutyConsequenceCarriedOut(
            *whose,
            one.first,
            one.last,
            one.consequence,
            today,
            effect.evidence,
            effect.document_period,
        )
        for one in state
        if one.last == last and not one.carried_out and not one.lifted
    ]
