"""Decisions on parked intervals: a rollover, a confirmation, a void, and what takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from services.energy.common.refusal import Refused
from services.energy.common.values import MeterId, Moment, Reason, StatisticType
from services.energy.meters.facts.events import (
    Counter,
    Kind,
    MeterRegistered,
    MeterRolloverConfirmed,
    SuspectResolved,
    Verdict,
    VerdictWithdrawn,
)
from services.energy.meters.facts.life import InUse, Retired, holds_at
from services.energy.meters.guards import in_use, retired
from shared.command import Given, command
from shared.values import Many, Says


@command(example={"meter": "E-0042-EL1", "at": "2013-03-04T10:15:00+08:00", "reason": "seen on the photo"})
class ConfirmRollover:
    """The register passed its highest value in the parked interval that ends at `at`."""

    meter: MeterId
    at: Moment
    statistic_type: StatisticType = 0
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:15:00+08:00",
        "verdict": "void",
        "reason": "a transmission error",
    }
)
class ResolveSuspect:
    """A person's word on a parked interval: confirm, it was so; void, the reading that closes it is wrong."""

    meter: MeterId
    at: Annotated[Moment, Says(description="end of the parked interval, as the list of suspects has it")]
    statistic_type: StatisticType = 0
    verdict: Verdict
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "ends": ["2013-03-04T10:15:00+08:00", "2013-03-04T11:15:00+08:00"],
        "verdict": "void",
        "reason": "the box sent zeros",
    }
)
class ResolveSuspects:
    """A person's word on many parked intervals of one meter: all of it happens, or none."""

    meter: MeterId
    ends: Annotated[
        tuple[Moment, ...],
        Many(
            min_length=1,
            max_length=500,
            description="ends of the intervals, as the list of suspects has them",
        ),
    ]
    statistic_type: StatisticType = 0
    verdict: Verdict
    reason: Reason


@command(
    example={
        "meter": "E-0042-EL1",
        "at": "2013-03-04T10:15:00+08:00",
        "reason": "the photo shows another meter",
    }
)
class WithdrawVerdict:
    """What was said of an interval (confirmed, a rollover) or of its reading (voided) doesn't hold."""

    meter: MeterId
    at: Annotated[Moment, Says(description="end of the interval")]
    statistic_type: StatisticType = 0
    reason: Reason


VerdictCommand = ConfirmRollover | ResolveSuspect | ResolveSuspects | WithdrawVerdict


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked interval as the store has it. `energy` is the difference that is apart, in the carrier's unit; `why` is
    jump, backwards or gap."""

    start: datetime
    end: datetime
    why: str
    energy: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Given):
    """For each end that was named, once: the parked interval there, or None."""

    parked: tuple[tuple[datetime, Parked | None], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict that stands on an interval. `verdict` is so, rollover or void."""

    start: datetime
    end: datetime
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Given):
    """What was said of the interval, or of its reading; None: nothing."""

    said: Standing | None


VerdictEvent = MeterRolloverConfirmed | SuspectResolved | VerdictWithdrawn


def judged(command: VerdictCommand, state: InUse | Retired, given: Given) -> Sequence[VerdictEvent]:
    """The events of a word on parked intervals, or Refused."""
    match (command, given):
        case (ConfirmRollover(), Looked()):
            if isinstance(state, Retired):
                raise retired(state)
            return [_rolled_over(command, state, given)]
        case (ResolveSuspect() | ResolveSuspects(), Looked()):
            return _resolved(command, state, given)
        case (WithdrawVerdict(), Said()):
            return [_withdrawn(command, state, given)]
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


def _rolled_over(command: ConfirmRollover, state: InUse, given: Looked) -> MeterRolloverConfirmed:
    registered = state.registered
    counter = holds_at(state, command.at).counter
    if registered.kind is not Kind.REGISTER or counter.starts_again_at is None:
        raise Refused(
            "no-rollover-without-digits",
            f"Meter {registered.meter!r} has no known number of digits: where it starts again isn't known.",
            remedy="Correct its registration (register_digits or register_modulus), or report a replacement with the "
            "old and the new register value.",
            where="meter",
        )
    ((_, parked),) = given.parked
    if parked is None or parked.why != "backwards":
        raise Refused(
            "nothing-fell",
            f"No parked interval of {registered.meter!r} in which the register fell ends at {command.at}.",
            remedy="The list of suspects names the intervals.",
            where="at",
        )
    _can_pass(parked, counter, registered)
    return MeterRolloverConfirmed(
        meter=registered.meter,
        enterprise=registered.enterprise,
        statistic_type=command.statistic_type,
        start=parked.start,
        at=command.at,
        reason=command.reason,
    )


def _can_pass(parked: Parked, counter: Counter, registered: MeterRegistered) -> None:
    """Raises Refused for a rollover whose energy could not have passed in that time: the register fell for another
    reason."""
    if counter.capacity is None or counter.starts_again_at is None:
        return
    step = registered.unit_factor
    passed = parked.energy + counter.starts_again_at * counter.ratio * step
    hours = Decimal((parked.end - parked.start).total_seconds()) / 3600
    if passed > counter.capacity * step * hours:
        raise Refused(
            "beyond-capacity",
            f"With a rollover {passed:f} {registered.carrier_unit} would have passed in {hours:.2f} h: the capacity "
            f"allows {counter.capacity * step * hours:.3f}.",
            remedy="Void the reading, report a replacement, or correct the meter's capacity first.",
            where="at",
        )


def _resolved(
    command: ResolveSuspect | ResolveSuspects, state: InUse | Retired, given: Looked
) -> Sequence[SuspectResolved]:
    """One fact for each interval. Voiding a reading settles the interval that begins with it, too."""
    registered = state.registered
    boundaries = {each.at for each in in_use(state).changes}
    events, voided = [], None
    for at, parked in sorted(given.parked, key=lambda each: each[0]):
        if parked is None:
            raise Refused(
                "nothing-parked",
                f"No parked interval of {registered.meter!r} ends at {at}.",
                remedy="The list of suspects names the intervals.",
                where="at",
            )
        if command.verdict is Verdict.CONFIRM and parked.why == "backwards":
            raise Refused(
                "register-fell",
                f"The register fell before {at}: there is no energy to confirm.",
                remedy="Confirm a rollover, report a replacement, or void the reading.",
                where="verdict",
            )
        if command.verdict is Verdict.VOID and at in boundaries:
            raise Refused(
                "explicit-change",
                f"The value at {at} was stated with a change of the meter: no reading stands there to be voided.",
                remedy="Correct that change (correct-meter-change), or undo it (undo-meter-change).",
                where="at",
                status=409,
            )
        if command.verdict is Verdict.VOID and parked.start == voided:
            continue
        voided = at
        events.append(
            SuspectResolved(
                meter=registered.meter,
                enterprise=registered.enterprise,
                statistic_type=command.statistic_type,
                start=parked.start,
                at=at,
                why=parked.why,
                energy=parked.energy,
                verdict=command.verdict,
                reason=command.reason,
            )
        )
    return events


def _withdrawn(command: WithdrawVerdict, state: InUse | Retired, given: Said) -> VerdictWithdrawn:
    """What was said of an interval is taken back. Raises Refused where nothing was said."""
    registered = state.registered
    if given.said is None:
        raise Refused(
            "no-verdict",
            f"Nobody has said anything of an interval of {registered.meter!r} that ends at {command.at.isoformat()}.",
            remedy="Give the end of an interval that was confirmed, or whose reading was voided.",
            where="at",
            status=409,
        )
    return VerdictWithdrawn(
        meter=registered.meter,
        enterprise=registered.enterprise,
        statistic_type=command.statistic_type,
        start=given.said.start,
        at=given.said.end,
        verdict=given.said.verdict,
        reason=command.reason,
    )
