"""Limits of energy per product (单位产品能耗限额) and the electricity prices that go with them, as validated rows.

Data for later issues (EN-5, EN-10, EN-25, EN-26): they are loaded with the plan and judged by nobody yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from plans.model import Sourced, Text
from plans.source import Fault, Located

Rate = Annotated[Decimal, Field(ge=0)]
Hours = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


class LimitStandard(Sourced):
    """A limit standard in one edition; `number` is its place among the 28 of EN-5.

    `valid_from` None: not looked up, in force at the plan's date. Both days are included.
    """

    standard: Text
    number: Annotated[int, Field(ge=1)] | None = None
    product: Text
    term: Text
    authority: Literal["national", "provincial"]
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: Text | None = None


class Limit(Sourced):
    """One value of a standard: 限定值 (limit, binds existing plants), 准入值 (access, new ones), 先进值 (advanced).

    It may be zero or negative (converter, X-6). Where sources differ there is a range and no value. `basis` none:
    the indicator counts no electricity as coal; not_stated: the source doesn't say.
    """

    standard: Text
    segment: Text
    indicator: Literal["coal", "electricity", "energy"]
    term: Text
    class_: Annotated[Text, Field(alias="class")]
    basis: Literal["equal", "equivalent", "not_stated", "none"]
    level: Literal["limit", "access", "advanced"]
    unit: Literal["kgce_per_t", "kWh_per_t"]
    value: Decimal | None = None
    value_low: Decimal | None = None
    value_high: Decimal | None = None

    @model_validator(mode="after")
    def _one_or_a_range(self) -> Self:
        ends = (self.value_low, self.value_high)
        if (self.value is None) == (None in ends) or (self.value is not None and ends != (None, None)):
            raise ValueError("a limit has either one value or a range of two ends")
        if (self.indicator == "electricity") != (self.unit == "kWh_per_t"):
            raise ValueError(f"{self.indicator} is not counted in {self.unit}")
        return self


class OfRow(Sourced):
    """A price rule, by the row that states it."""

    row: Text
    term: Text


class PriceIndustry(OfRow):
    """An industry under the differential price (PR-1)."""

    industry: Text


class DifferentialRate(OfRow):
    """A surcharge by category of equipment (差别电价, PR-2, PR-3), yuan per kWh; `industry` None: all of them."""

    category: Literal["encouraged", "permitted", "restricted", "obsolete"]
    industry: Text | None = None
    rate: Rate
    valid_from: date | None = None
    valid_to: date | None = None


class PunitiveTier(OfRow):
    """A surcharge by excess over the limit (惩罚性电价, PR-4): `from_percent` includes the number, `above_` doesn't.

    `rate_of`: the category whose differential rate counts; None: the province sets it, no number is known.
    """

    above_percent: Decimal | None = None
    from_percent: Decimal | None = None
    rate_of: Literal["obsolete"] | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.above_percent is None) == (self.from_percent is None):
            raise ValueError("a tier begins above a percentage or from one on")
        return self


class BenchmarkingSurcharge(OfRow):
    """对标电价 (PR-8): refunded in full when rectified in time."""

    rate: Rate
    refund_within_years: Annotated[int, Field(ge=1)]
    industries: tuple[Text, ...]


class Metering(OfRow):
    """What pays for equipment without a meter of its own (PR-6)."""

    unmetered: Literal["whole_plant"]


class Combination(OfRow):
    """What counts where differential and punitive price both hold."""

    rule: Literal["higher_one", "sum"]


class PeakValley(OfRow):
    """Hours of the day of one price period (峰谷, PR-10); a span may pass midnight."""

    period: Literal["peak", "valley"]
    hours: tuple[Hours, ...]


class Background(OfRow):
    """Something to know that no rule computes with."""

    says: Text


@dataclass(frozen=True, slots=True)
class Prices:
    """All electricity price rules that hold for the plan; each says its own source. No number: not known."""

    industries: tuple[PriceIndustry, ...]
    differential_rates: tuple[DifferentialRate, ...]
    punitive_tiers: tuple[PunitiveTier, ...]
    benchmarking_surcharges: tuple[BenchmarkingSurcharge, ...]
    metering: tuple[Metering, ...]
    combinations: tuple[Combination, ...]
    peak_valley: tuple[PeakValley, ...]
    background: tuple[Background, ...]


def check_limits(
    standards: Sequence[Located[LimitStandard]], limits: Sequence[Located[Limit]]
) -> Iterable[Fault]:
    """Limits belong to a standard, stand once, and get stricter from 限定 to 先进; editions follow without a gap."""
    by_code = {row.item.standard: row.item for row in standards}
    for row in standards:
        old = by_code.get(row.item.replaces or "")
        if row.item.replaces and (
            old is None
            or row.item.valid_from is None
            or old.valid_to != row.item.valid_from - timedelta(days=1)
        ):
            problem = f"{row.item.replaces} does not end on the day before {row.item.standard} begins"
            yield Fault(row.file, row.line, "replaces", problem, "Correct the days or the standard")
    seen: dict[tuple[str, ...], Located[Limit]] = {}
    strictest: dict[tuple[str, ...], Decimal] = {}
    for limit in limits:
        item = limit.item
        if item.standard not in by_code:
            problem = f"{item.standard!r} is not in limit_standards.csv"
            yield Fault(limit.file, limit.line, "standard", problem, "Add the standard or correct it")
        series = (item.standard, item.segment, item.indicator, item.class_, item.basis)
        key = (*series, item.level)
        if key in seen:
            problem = f"the same limit stands on {seen[key].place(limit.file)}"
            yield Fault(limit.file, limit.line, "level", problem, "Keep one of them")
        seen[key] = limit
        highest = item.value if item.value is not None else item.value_high
        if highest is not None and highest > strictest.get(series, highest):
            problem = f"{item.level} {highest} is looser than the level before it"
            yield Fault(
                limit.file, limit.line, "value", problem, "Order: limit, access, advanced; lower is stricter"
            )
        lowest = item.value if item.value is not None else item.value_low
        if lowest is not None:
            strictest[series] = lowest
