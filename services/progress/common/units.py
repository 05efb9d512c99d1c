"""Units of the plan, and the one conversion that figures need: a measured sum into the unit a target is printed in.

Inside, money is in yuan (元, CNY) and energy in tonnes of coal equivalent (吨标准煤, tce).
"""

from collections.abc import Mapping
from decimal import Decimal

_FACTORS: Mapping[str, tuple[str, Decimal]] = {
    "CNY": ("CNY", Decimal(1)),
    "CNY_1e4": ("CNY", Decimal(10_000)),  # 万元
    "CNY_1e8": ("CNY", Decimal(100_000_000)),  # 亿元
    "CNY_1e12": ("CNY", Decimal(1_000_000_000_000)),  # 万亿元
    "tce": ("tce", Decimal(1)),
    "tce_1e4": ("tce", Decimal(10_000)),  # 万吨标准煤
    "kgce": ("tce", Decimal("0.001")),
    "tce_per_CNY_1e4": ("tce_per_CNY_1e4", Decimal(1)),
    "percent": ("percent", Decimal(1)),
    "count": ("count", Decimal(1)),
}


class UnitMismatch(ValueError):
    """Two quantities that can't be compared, e.g. money and energy."""


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """`value` in `unit`, expressed in `to`. Exact: all factors are powers of ten.

    Raises UnitMismatch on an unknown unit, or on units of different kinds.
    """
    if unit == to:
        return value
    try:
        kind, factor = _FACTORS[unit]
        to_kind, to_factor = _FACTORS[to]
    except KeyError as error:
        raise UnitMismatch(f"unit {error.args[0]!r} is not known") from error
    if kind != to_kind:
        raise UnitMismatch(f"{unit!r} can't be expressed in {to!r}")
    return value * factor / to_factor
