"""The synthetic province: enterprises around the 10,000 tce line in all nine cities, and their meters.

Nothing here is real but the regions and the plan; every name says so. The same seed makes the same province,
so a second run continues the first.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

FIRST_DAY = date(2013, 1, 1)
SYNTHETIC = "示例"  # "example": stands in the name of everything made up

# (tce a year by the equivalent basis, division of GB/T 4754-2011, what it makes, carriers' shares of the tce)
_KINDS = (
    (Decimal(31_000), "3011", "水泥", {"electricity": Decimal("0.35"), "raw_coal": Decimal("0.65")}),
    (Decimal(12_400), "1713", "印染", {"electricity": Decimal("0.55"), "raw_coal": Decimal("0.45")}),
    (
        Decimal(10_000),
        "3071",
        "陶瓷",
        {"electricity": Decimal("0.30"), "natural_gas_gasfield": Decimal("0.70")},
    ),
    (Decimal(8_200), "2221", "造纸", {"electricity": Decimal("0.60"), "raw_coal": Decimal("0.40")}),
)
_CITIES = (
    # code, letters, counties in which its enterprises lie, size against the kinds above
    ("350100", "FZ", ("350181", "350121", "350182", "350105"), Decimal("1.10")),
    ("350200", "XM", ("350212", "350205", "350211", "350213"), Decimal("1.00")),
    ("350300", "PT", ("350303", "350304", "350305", "350322"), Decimal("1.00")),
    ("350400", "SM", ("350481", "350427", "350425", "350402"), Decimal("1.30")),
    ("350500", "QZ", ("350582", "350583", "350526", "350505"), Decimal("1.20")),
    ("350600", "ZZ", ("350681", "350625", "350627", "350623"), Decimal("1.00")),
    ("350700", "NP", ("350781", "350783", "350784", "350702"), Decimal("0.97")),
    ("350800", "LY", ("350802", "350881", "350822", "350823"), Decimal("1.15")),
    ("350900", "ND", ("350981", "350982", "350902", "350921"), Decimal("1.00")),
)
CITIES = tuple(code for code, *_ in _CITIES)

# kgce per unit by the equivalent basis: only to size the meters; figures come from the plan's own coefficients
_KGCE = {
    "electricity": Decimal("0.404"),
    "raw_coal": Decimal("0.7143"),
    "natural_gas_gasfield": Decimal("1.2143"),
}
_UNITS = {"electricity": "kWh", "raw_coal": "kg", "natural_gas_gasfield": "m3"}
_HOURS = 8760


@dataclass(frozen=True, slots=True)
class DemoMeter:
    """One meter. `hourly` is its mean quantity an hour in `unit`; `start` what its register shows on 1 January.

    `since`: the first day on which it measures; `registered_on`: the day on which somebody registers it, if later.
    """

    meter: str
    carrier: str
    unit: str
    kind: str  # register | interval
    digits: int | None
    hourly: Decimal
    start: Decimal
    share_by_night: float
    since: date = FIRST_DAY
    registered_on: date | None = None

    @property
    def capacity(self) -> Decimal:
        """More than this an hour is not plausible."""
        return (self.hourly * 4).quantize(Decimal(1)) + 10


ROLLING_OVER = "SM01-1"
"""Its register passes its highest value in the first days."""

_LATECOMERS = {
    # Put up in a hurry: it sends from its first day on, and somebody registers it four days later.
    "PT01": (
        DemoMeter(
            meter="PT01-3",
            carrier="natural_gas_gasfield",
            unit="m3",
            kind="interval",
            digits=None,
            hourly=Decimal("52.5"),
            start=Decimal(0),
            share_by_night=0.9,
            since=date(2013, 1, 2),
            registered_on=date(2013, 1, 6),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class DemoEnterprise:
    """One enterprise; `tce` is what the key-user list of the year says of it."""

    enterprise: str
    name: str
    city: str
    county: str
    industry: str
    org_code: str
    tce: Decimal
    meters: tuple[DemoMeter, ...]


def enterprises() -> tuple[DemoEnterprise, ...]:
    """36 enterprises, four a city: one far above the line of 10,000 tce, one above, one at it, one below."""
    made = []
    for city_number, (city, letters, counties, size) in enumerate(_CITIES):
        for kind_number, (tce, industry, product, shares) in enumerate(_KINDS):
            name = f"{letters}{kind_number + 1:02d}"
            # The enterprise at the line stays at it: 以上 includes the number itself.
            yearly = tce if tce == 10_000 else (tce * size).quantize(Decimal(1))
            meters = tuple(
                _meter(name, carrier, yearly * share, number, city_number)
                for number, (carrier, share) in enumerate(shares.items(), start=1)
            )
            made.append(
                DemoEnterprise(
                    enterprise=f"demo-{name}",
                    name=f"{SYNTHETIC}{product}企业 {name}",
                    city=city,
                    county=counties[kind_number],
                    industry=industry,
                    org_code=_org_code(city_number * 10 + kind_number),
                    tce=yearly,
                    meters=tuple(_with_its_story(meter) for meter in meters) + _LATECOMERS.get(name, ()),
                )
            )
    return tuple(made)


def _with_its_story(meter: DemoMeter) -> DemoMeter:
    """The meter whose register comes to its end in the first days."""
    if meter.meter != ROLLING_OVER:
        return meter
    end = Decimal(10) ** (meter.digits or 0)
    return replace(meter, start=(end - meter.hourly * 24 * Decimal("3.5")).quantize(Decimal("0.001")))


def _meter(name: str, carrier: str, tce: Decimal, number: int, city_number: int) -> DemoMeter:
    hourly = (tce * 1000 / _KGCE[carrier] / _HOURS).quantize(Decimal("0.001"))
    # Coal is weighed belt by belt: the scale reports each interval; the others are counters.
    register = carrier != "raw_coal"
    return DemoMeter(
        meter=f"{name}-{number}",
        carrier=carrier,
        unit=_UNITS[carrier],
        kind="register" if register else "interval",
        digits=8 if register else None,
        hourly=hourly,
        start=Decimal(1_000_000 + 37_411 * city_number + 911 * number) if register else Decimal(0),
        share_by_night=0.6 if carrier == "electricity" else 0.9,
    )


def _org_code(number: int) -> str:
    """A well-formed 组织机构代码 with its check digit (GB 11714-1997), from a range that begins with DEMO."""
    base = f"DEMO{number:04d}"
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    remainder = 11 - sum(w * digits.index(c) for w, c in zip(weights, base, strict=True)) % 11
    return base + {10: "X", 11: "0"}.get(remainder, str(remainder))
