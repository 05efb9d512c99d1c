"""The energy of one enterprise on one day, as it leaves the service: absolute totals, with a revision number.

Late data make a new revision, never a difference: whoever reads the newest revision has the day. Standard coal
comes by both bases (当量 and 等价, X-4), with the coefficients and their editions beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CarrierDay:
    """One carrier. `native` and `spread` in `unit`; `native` None where slots are expected and nothing came, tce
    None where no coefficient is known: missing isn't zero.

    `present` of `expected` slots hold a reading; of `native`, `spread` comes from intervals over missing slots.
    `parked` is energy of `parked_intervals` that counts nowhere until somebody has looked at them.
    """

    carrier: str
    native: Decimal | None
    unit: str
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    present: int
    expected: int
    spread: Decimal
    parked: Decimal = Decimal(0)
    parked_intervals: int = 0


@dataclass(frozen=True, slots=True)
class CoefficientUsed:
    """kgce per unit of the carrier, as this day's figures were made with it."""

    carrier: str
    basis: str
    value: Decimal
    edition: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class MeasureDay:
    """The day's sums as the store has them now."""

    enterprise: str
    region: str
    day: date
    carriers: tuple[CarrierDay, ...]
    coefficients: tuple[CoefficientUsed, ...]


@dataclass(frozen=True, slots=True)
class EnterpriseDayMeasured:
    """Whole-plant real-time sums of one day in +08:00. tce totals add up what was measured (completeness says how
    much is missing) and are None where nothing was, or where a measured carrier has no coefficient.

    `completeness` is present/expected over all carriers (rule: 90 %, plan data §3.3), None if none is expected.
    """

    enterprise: str
    region: str
    day: date
    revision: int
    carriers: tuple[CarrierDay, ...]
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    coefficients: tuple[CoefficientUsed, ...]
    completeness: Decimal | None


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nothing was published for the day."""


State = Unmeasured | EnterpriseDayMeasured


def decide(command: MeasureDay, state: State) -> Sequence[EnterpriseDayMeasured]:
    """A new revision, if anything differs from the last one."""
    match state:
        case Unmeasured():
            return [_measured(command, revision=1)]
        case EnterpriseDayMeasured(revision=revision):
            measured = _measured(command, revision + 1)
            return [] if _figures(measured) == _figures(state) else [measured]
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def evolve(state: State, event: EnterpriseDayMeasured) -> State:
    return event


def completeness(present: int, expected: int) -> Decimal | None:
    """Share of expected slots that hold a reading, at most 1, four decimals; None where none is expected."""
    if expected == 0:
        return None
    return min(Decimal(1), Decimal(present) / Decimal(expected)).quantize(Decimal("0.0001"))


def total(values: Sequence[Decimal | None]) -> Decimal | None:
    """The sum of the measured carriers' standard coal; None if there are none, or if one isn't known."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) else None


def _measured(command: MeasureDay, revision: int) -> EnterpriseDayMeasured:
    carriers = tuple(sorted(command.carriers, key=lambda one: one.carrier))
    measured = [one for one in carriers if one.native is not None]
    return EnterpriseDayMeasured(
        command.enterprise,
        command.region,
        command.day,
        revision,
        carriers,
        total([one.tce_equal for one in measured]),
        total([one.tce_equivalent for one in measured]),
        tuple(sorted(command.coefficients, key=lambda one: (one.carrier, one.basis))),
        completeness(sum(one.present for one in carriers), sum(one.expected for one in carriers)),
    )


def _figures(measured: EnterpriseDayMeasured) -> tuple[object, ...]:
    return tuple(getattr(measured, each.name) for each in fields(measured) if each.name != "revision")
