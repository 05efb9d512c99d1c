"""Makes a new revision of a day, if anything differs from the last one."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from services.energy.common.totals import completeness, total
from services.energy.days.facts import (
    INITIAL,
    CarrierDay,
    CoefficientUsed,
    DayState,
    EnterpriseDayMeasured,
    Unmeasured,
    evolve,
)
from shared.command import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDay:
    """The day's sums as the store has them now."""

    enterprise: str
    region: str
    day: date
    carriers: tuple[CarrierDay, ...]
    coefficients: tuple[CoefficientUsed, ...]


def decide(command: MeasureDay, state: DayState) -> Sequence[EnterpriseDayMeasured]:
    """The day's first revision, or the next one."""
    match state:
        case Unmeasured():
            return [_measured(command, revision=1)]
        case EnterpriseDayMeasured(revision=revision):
            measured = _measured(command, revision + 1)
            return [] if _figures(measured) == _figures(state) else [measured]
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def _measured(command: MeasureDay, revision: int) -> EnterpriseDayMeasured:
    carriers = tuple(sorted(command.carriers, key=lambda one: one.carrier))
    measured = [one for one in carriers if one.native is not None]
    return EnterpriseDayMeasured(
        enterprise=command.enterprise,
        region=command.region,
        day=command.day,
        revision=revision,
        carriers=carriers,
        tce_equal=total([one.tce_equal for one in measured]),
        tce_equivalent=total([one.tce_equivalent for one in measured]),
        coefficients=tuple(sorted(command.coefficients, key=lambda one: (one.carrier, one.basis))),
        completeness=completeness(
            sum(one.present for one in carriers), sum(one.expected for one in carriers)
        ),
    )


def _figures(measured: EnterpriseDayMeasured) -> tuple[object, ...]:
    return tuple(getattr(measured, each.name) for each in fields(measured) if each.name != "revision")


DAYS: Decider[DayState, MeasureDay, EnterpriseDayMeasured] = Decider(INITIAL, decide, evolve)
