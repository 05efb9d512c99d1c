"""What the demo's cities report: a year of tech-renovation investment, and yearly statistics. All synthetic.

The targets are the plan's own; how well each city does is made up, so that the board has every light.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_TARGET = {  # 亿元, TR-6: only to size the synthetic reports
    "350100": 660, "350200": 200, "350600": 250, "350500": 470, "350400": 470,
    "350300": 140, "350700": 120, "350800": 220, "350900": 70,
}  # fmt: skip
_PACE = {  # share of its target that a city reaches over the year
    "350100": "1.06", "350200": "0.93", "350600": "1.01", "350500": "1.04", "350400": "1.02",
    "350300": "0.97", "350700": "1.09", "350800": "0.88", "350900": "1.00",
}  # fmt: skip
_MONTHS = (
    "0.045",
    "0.050",
    "0.080",
    "0.082",
    "0.088",
    "0.098",
    "0.085",
    "0.086",
    "0.095",
    "0.094",
    "0.097",
    "0.100",
)
_YI = Decimal(100_000_000)
_LATE = {("350800", 4), ("350900", 9)}  # handed in on the 9th
_NEVER_AT_FIRST = ("350700", 6)  # June is missing on the board until it comes with July's
_CORRECTED = ("350200", 3)

YEAR = 2013


@dataclass(frozen=True, slots=True)
class CityReport:
    """One city's report of one month; `on` is the day on which the demo hands it in."""

    region: str
    month: str
    investment: Decimal
    on: date
    correction: bool = False
    reason: str = ""


def monthly_reports() -> list[CityReport]:
    """All reports of the year in the order of the days on which they are handed in."""
    made = []
    for region, target in _TARGET.items():
        for number in range(1, 13):
            amount = _amount(region, target, number)
            month = f"{YEAR}-{number:02d}"
            if (region, number) == _CORRECTED:
                made.append(CityReport(region, month, _round(amount * Decimal("0.82")), _due(number, 4)))
                made.append(
                    CityReport(region, month, amount, _due(number, 16), True, "示例：两个项目的完成额补报")
                )
            elif (region, number) == _NEVER_AT_FIRST:
                made.append(CityReport(region, month, amount, _due(number + 1, 5)))
            else:
                day = 9 if (region, number) in _LATE else 2 + (int(region[3]) + number) % 4
                made.append(CityReport(region, month, amount, _due(number, day)))
    return sorted(made, key=lambda report: (report.on, report.region, report.month))


def _amount(region: str, target: int, number: int) -> Decimal:
    """The month's share of what the city reaches; March's push in some cities, a slack summer in others."""
    wave = Decimal(1) + Decimal((int(region[3]) * 7 + number * 5) % 9 - 4) / 100
    return _round(Decimal(target) * _YI * Decimal(_PACE[region]) * Decimal(_MONTHS[number - 1]) * wave)


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(10_000))


def _due(month: int, day: int) -> date:
    """A day of the month after `month`."""
    return date(YEAR + month // 12, month % 12 + 1, day)
