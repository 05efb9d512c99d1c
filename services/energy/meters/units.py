"""Units of measure: how many of a carrier's unit one of a meter's unit is. Exact, explicit, never guessed.

These factors are physics and SI prefixes, not policy: they don't change with an edition of a standard.
A unit error of 10 or 1000 times is the classic data error of the forms (plan data §2.3), so a meter names
its unit and the factor stands in its registration.
"""

from decimal import Decimal

from services.energy.common.refusal import Refused

_KINDS: dict[str, dict[str, Decimal]] = {
    "mass": {"g": Decimal("0.001"), "kg": Decimal(1), "t": Decimal(1000), "t_1e4": Decimal(10_000_000)},
    "volume": {"L": Decimal("0.001"), "m3": Decimal(1), "m3_1e3": Decimal(1000), "m3_1e4": Decimal(10000)},
    "electricity": {
        "Wh": Decimal("0.001"),
        "kWh": Decimal(1),
        "MWh": Decimal(1000),
        "kWh_1e4": Decimal(10000),
        "GWh": Decimal(1_000_000),
    },
    "heat": {"kJ": Decimal("0.001"), "MJ": Decimal(1), "GJ": Decimal(1000), "TJ": Decimal(1_000_000)},
}
_KIND_OF = {unit: kind for kind, units in _KINDS.items() for unit in units}


def factor(unit: str, carrier_unit: str) -> Decimal:
    """How many `carrier_unit` one `unit` is, e.g. factor("MWh", "kWh") = 1000. Raises Refused across kinds."""
    if unit == carrier_unit:
        return Decimal(1)
    kind = _KIND_OF.get(unit)
    if kind is None or kind != _KIND_OF.get(carrier_unit):
        known = sorted(_KINDS.get(_KIND_OF.get(carrier_unit, ""), {carrier_unit: Decimal(1)}))
        raise Refused(
            "unit-does-not-convert",
            f"{unit!r} doesn't convert to {carrier_unit!r}, in which the carrier is counted.",
            remedy=f"Give one of: {', '.join(known)}.",
            where="unit",
        )
    units = _KINDS[kind]
    return units[unit] / units[carrier_unit]
