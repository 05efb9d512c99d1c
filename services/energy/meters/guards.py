"""What all changes of a meter have to hold: their moment, its interval, and what a device says."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from services.energy.common.given import AtMoment
from services.energy.common.refusal import Refused
from services.energy.meters.facts.events import Counter
from services.energy.meters.facts.life import InUse, Retired


class Device(Protocol):
    """What a command says of a device; None: as it was."""

    @property
    def serial(self) -> str | None: ...

    @property
    def ratio(self) -> Decimal | None: ...

    @property
    def register_digits(self) -> int | None: ...

    @property
    def register_modulus(self) -> Decimal | None: ...

    @property
    def capacity(self) -> Decimal | None: ...


def with_device(before: Counter, device: Device) -> Counter:
    """The counter of a device; what `device` leaves out is taken from the counter before."""
    named = device.register_digits is not None or device.register_modulus is not None
    return Counter(
        device.serial or before.serial,
        before.ratio if device.ratio is None else device.ratio,
        device.register_digits if named else before.digits,
        before.capacity if device.capacity is None else device.capacity,
        device.register_modulus if named else before.modulus,
    )


def in_use(state: InUse | Retired) -> InUse:
    """The meter as it counts, or counted until it was retired."""
    return state if isinstance(state, InUse) else state.before


def in_life(at: datetime, state: InUse | Retired) -> None:
    """Raises Refused unless `at` lies after the registration, before the retirement and at no other change's moment."""
    used = in_use(state)
    if at <= used.registered.valid_from or (isinstance(state, Retired) and at >= state.at):
        raise Refused(
            "outside-its-life",
            f"The meter counts from {used.registered.valid_from.isoformat()}"
            f"{'' if isinstance(state, InUse) else ' to ' + state.at.isoformat()}: {at.isoformat()} isn't within.",
            remedy="Give a moment within, or correct the registration.",
            where="at",
        )
    if any(each.at == at for each in used.changes):
        raise Refused(
            "changed-then-already",
            f"A change of {at.isoformat()} is known already.",
            remedy="Correct that one (correct-meter-change), or undo it (undo-meter-change).",
            where="at",
            status=409,
        )


def not_ahead(at: datetime, given: AtMoment) -> None:
    """Raises Refused for a moment in the future: what a register will show then isn't known."""
    if at > given.now:
        raise Refused(
            "in-the-future",
            f"{at.isoformat()} lies ahead: what a register will show then isn't known.",
            remedy="Report it when it has happened.",
            where="at",
        )


def check_interval(minutes: int) -> None:
    """Raises Refused for an interval whose slots would drift over midnight."""
    if 24 * 60 % minutes:
        raise Refused(
            "interval-does-not-divide-the-day",
            f"{minutes} minutes don't divide a day: slots would drift over midnight.",
            remedy="Give 15, 30 or 60 (plan data §3.3).",
            where="interval_minutes",
        )


def retired(state: Retired) -> Refused:
    """The refusal of a change of a retired meter."""
    return Refused(
        "meter-retired",
        f"Meter {state.registered.meter!r} was retired at {state.at.isoformat()}.",
        remedy="Undo the retirement (undo-meter-change) if it was said by mistake, or register a new meter.",
        where="meter",
        status=409,
    )
