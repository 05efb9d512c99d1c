"""What a counter may be: checked where a meter is registered, replaced, or gets another ratio."""

from decimal import Decimal

from services.energy.common.refusal import Refused
from services.energy.common.registers import MOST_HELD
from services.energy.common.scale import EXTREME, MOST_DECIMALS, amount_of, decimals, step_decimals
from services.energy.meters.facts.events import Calibration, Counter, Kind

MAX_RATIO = Decimal(100_000)
"""Bound of current × voltage transformer ratios."""
MAX_DIGITS = 12


def check_counter(kind: Kind, counter: Counter, unit_factor: Decimal) -> None:
    if not 0 < counter.ratio <= MAX_RATIO or counter.ratio != round(counter.ratio, 6):
        raise Refused(
            "ratio-out-of-range",
            f"A ratio of {counter.ratio}: it lies above 0, up to {MAX_RATIO}, with at most 6 decimals.",
            where="ratio",
        )
    if kind is Kind.INTERVAL and counter.digits is not None:
        raise Refused(
            "interval-meter-has-no-digits",
            "A meter that reports quantities of intervals has no register to roll over.",
            remedy="Leave register_digits out.",
            where="register_digits",
        )
    if counter.digits is not None and not 1 <= counter.digits <= MAX_DIGITS:
        raise Refused(
            "digits-out-of-range",
            f"{counter.digits} digits: a register has 1 to {MAX_DIGITS}.",
            where="register_digits",
        )
    if counter.modulus is not None:
        _check_modulus(kind, counter.digits, counter.modulus)
    if counter.capacity is not None and counter.capacity <= 0:
        raise Refused(
            "capacity-not-positive", "A capacity is more than 0; leave it out if unknown.", where="capacity"
        )
    _countable(counter, unit_factor)


def _check_modulus(kind: Kind, digits: int | None, modulus: Decimal) -> None:
    if kind is Kind.INTERVAL or digits is not None:
        raise Refused(
            "digits-or-modulus",
            "A register starts again after 10^digits, or at another modulus; a meter of quantities doesn't.",
            remedy="Give register_digits or register_modulus, for a register only.",
            where="register_modulus",
        )
    if not 1 < modulus <= 10**MAX_DIGITS or modulus != round(modulus, 3):
        raise Refused(
            "modulus-out-of-range",
            f"A modulus of {modulus}: it lies above 1, up to 10^{MAX_DIGITS}, with at most 3 decimals.",
            where="register_modulus",
        )


def _countable(counter: Counter, unit_factor: Decimal) -> None:
    """Raises Refused for a counter whose values or energy the store can't hold exactly (`common.scale`)."""
    factor = counter.ratio * unit_factor
    finest = step_decimals(factor)
    if finest > MOST_DECIMALS:
        raise Refused(
            "ratio-too-fine",
            f"Ratio {counter.ratio} × {unit_factor} has {decimals(factor)} decimals: energy is counted exactly with "
            f"six at most.",
            remedy="Register the meter in a larger unit, or with a ratio of fewer decimals.",
            where="ratio",
        )
    per_hour = None if counter.capacity is None else counter.capacity * unit_factor
    if per_hour is not None and not Decimal("0.001") <= per_hour <= 10**9:
        raise Refused(
            "capacity-out-of-range",
            f"{per_hour} of the carrier's unit an hour: it lies between 0.001 and 1,000,000,000.",
            remedy="Check the unit: an error of 1,000 times is the usual one.",
            where="capacity",
        )
    if per_hour is not None and per_hour.scaleb(finest) > MOST_HELD:
        raise Refused(
            "counter-too-large",
            f"Ratio {counter.ratio} × {unit_factor} with a capacity of {per_hour} an hour can't be counted exactly.",
            remedy="Register the meter in a larger unit, or with a ratio of fewer decimals.",
            where="ratio",
        )


def check_shown(name: str, value: Decimal | None, kind: Kind, counter: Counter, unit_factor: Decimal) -> None:
    """What a register is said to show must be something it can show. Raises Refused."""
    if value is None:
        return
    if kind is Kind.INTERVAL:
        raise Refused("no-register", "The meter reports quantities: it has no register.", where=name)
    if value < 0:
        raise Refused("register-negative", f"A register shows 0 or more, not {value}.", where=name)
    most = counter.starts_again_at
    if value >= amount_of(EXTREME) or (most is not None and value >= most):
        digits = (
            f"{counter.digits or 'unknown'} digits"
            if counter.modulus is None
            else f"modulus {counter.modulus}"
        )
        raise Refused(
            "register-too-large",
            f"A register of {digits} doesn't show {value}.",
            remedy="Read the value again; it is given in the meter's unit, before the ratio.",
            where=name,
        )


def check_calibration(calibration: Calibration) -> None:
    if calibration.last and calibration.next and calibration.next <= calibration.last:
        raise Refused(
            "calibration-reversed",
            f"The next calibration, {calibration.next}, isn't after the last, {calibration.last}.",
            where="calibration",
        )
