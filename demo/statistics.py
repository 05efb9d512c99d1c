"""The yearly statistics of 2013 from which energy per GDP (EN-3) is computed. All synthetic.

The targets are the plan's own; the figures around them are made up, so that most cities meet theirs and two don't.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_GDP = {  # 亿元 at 2010 prices, of a size that a city of the province has
    "350100": 3900, "350200": 2700, "350300": 1150, "350400": 1250, "350500": 4600,
    "350600": 1900, "350700": 950, "350800": 1300, "350900": 1050,
}  # fmt: skip
_INTENSITY = {  # tce per 10,000 yuan
    "350100": "0.501", "350200": "0.488", "350300": "0.503", "350400": "1.211", "350500": "0.629",
    "350600": "0.474", "350700": "0.902", "350800": "0.781", "350900": "0.447",
}  # fmt: skip
_YI, _WAN = Decimal(100_000_000), Decimal(10_000)

YEAR = "2013"
SOURCE = "示例数据, synthetic: made by the demonstration"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One figure that a city reports on a day."""

    indicator: str
    region: str
    value: Decimal
    unit: str
    price_base: str | None
    on: date


def yearly_statistics() -> list[Statistic]:
    """GDP at 2010 prices and total energy of each city; both come in the middle of January."""
    made = []
    for number, (region, gdp) in enumerate(_GDP.items()):
        yuan = gdp * _YI
        day = date(2014, 1, 13 + number % 5)
        energy = (yuan / _WAN * Decimal(_INTENSITY[region])).quantize(Decimal(1))
        made.append(Statistic("gdp", region, yuan, "CNY", "2010", day))
        made.append(Statistic("total_energy", region, energy, "tce", None, day))
    return sorted(made, key=lambda each: (each.on, each.region, each.indicator))
