"""Technology renovation investment (技改投资): TR-1 for the province, TR-6 by city, TR-2 as growth.

The province's figure is the sum of its cities' monthly reports. The three targets are judged apart (X-1):
none is derived from another. A month without a report is missing, not zero.

A month counts for the schedule as soon as its reports count: when it is due, or earlier once all of them are there.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from services.progress.common.periods import day_in_next_month, months_of, year_of
from services.progress.common.rules import Rule, Rules, reference
from services.progress.common.units import convert
from services.progress.measures import judgement
from services.progress.measures.facts import (
    INVESTMENT,
    STATISTIC,
    Base,
    Contribution,
    Facts,
    Target,
    newest,
    total,
)
from services.progress.measures.figure import Completeness, Figure, Light, Monthly, Pace, Status, blank
from services.progress.measures.judgement import HUNDRED
from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class Collected:
    """The reports of some regions for some months, as known at a moment. Amounts in yuan.

    `due`: the months whose due day is past; `counted`: those, and the others of which every report is there. What is
    held against the schedule is `counted_total`: a month of which some reports came early is not in it yet.
    """

    reports: tuple[Contribution, ...]
    total: Decimal | None
    counted_total: Decimal | None
    completeness: Completeness
    due: tuple[str, ...]
    counted: tuple[str, ...]
    months: int
    complete: bool

    @property
    def pro_rata(self) -> Decimal:
        """序时进度 in percent: months that count, of all months."""
        return Decimal(len(self.counted)) / Decimal(self.months) * HUNDRED

    @property
    def lower_bound(self) -> bool:
        return bool(self.completeness.missing)

    def by_month(self, unit: str) -> Monthly:
        """The sum of each reported month, in `unit`."""
        values: dict[str, Decimal] = {}
        for report in self.reports:
            if report.value is not None:
                values[report.period] = values.get(report.period, Decimal(0)) + report.value
        return Monthly(self.due, {month: convert(value, "CNY", unit) for month, value in values.items()})

    def gap(self, target: Decimal | None, comparator: str, unit: str) -> Decimal | None:
        """Percentage points before (+) or behind (-) the schedule; None where no month counts yet."""
        if not self.counted or self.counted_total is None:
            return None
        completion = judgement.completion(convert(self.counted_total, "CNY", unit), target, comparator)
        return None if completion is None else completion - self.pro_rata


def collect(facts: Facts, regions: list[str], period: str, day: date, due_rule: Rule) -> Collected:
    """What `regions` have reported for the months of `period`, and what was due before `day`.

    A month is due once its due day is past: on the 5th itself a report is still in time (TR-12, X-17, X-23).
    """
    months = months_of(period)
    due_day = int(due_rule.parameters["day_of_next_month"])
    due = tuple(month for month in months if day_in_next_month(month, due_day) < day)
    wanted = set(regions)
    reports = tuple(
        report
        for report in facts.of(INVESTMENT)
        if report.region in wanted and report.period in months and report.value is not None
    )
    have = {(report.region, report.period) for report in reports}
    expected = [(region, month) for region in regions for month in due]
    missing = tuple(f"{region}:{month}" for region, month in expected if (region, month) not in have)
    counted = tuple(
        month for month in months if month in due or all((region, month) in have for region in regions)
    )
    return Collected(
        reports=reports,
        total=total(report.value for report in reports),
        counted_total=total(report.value for report in reports if report.period in counted),
        completeness=Completeness(len(expected), len(expected) - len(missing), missing),
        due=due,
        counted=counted,
        months=len(months),
        complete=len(have) == len(regions) * len(months),
    )


def reporting_regions(target: Target, facts: Facts) -> list[str]:
    """Whose reports make a target's figure: its own region's, or those of the parts it is made of.

    For the province: the regions with a line of their own under it (TR-6: nine cities, without Pingtan, X-2),
    else the administered cities.
    """
    if target.level != "province":
        return [target.region]
    parts = sorted({t.region for t in facts.targets.values() if _is_line_under(t, target)})
    return parts or facts.cities(target.deadline or date.max)


def _is_line_under(candidate: Target, target: Target) -> bool:
    return (
        candidate.measure == INVESTMENT
        and candidate.plan == target.plan
        and candidate.period == target.period
        and candidate.level == "prefecture"
    )


def investment(target: Target, facts: Facts, rules: Rules, as_of: datetime) -> Figure:
    """TR-1, TR-6: the year's investment against its target and against the pro-rata line."""
    day = local_day(as_of)
    rule_day = min(day, target.deadline or day)
    due_rule, line_rule = rules.on("monthly_report_due", rule_day), rules.on("pro_rata_line", rule_day)
    light_rule = rules.on("light_flow", rule_day)
    regions = reporting_regions(target, facts)
    collected = collect(facts, regions, target.period, day, due_rule)
    figure = replace(
        blank(target, facts, as_of),
        completeness=collected.completeness,
        pro_rata=collected.pro_rata,
        pro_rata_value=None if target.value is None else target.value * collected.pro_rata / HUNDRED,
        rules=tuple(reference(rule) for rule in (due_rule, line_rule, light_rule)),
        monthly=collected.by_month(target.unit),
    )
    if collected.total is None:
        return replace(figure, reason=_why_nothing(target, collected))
    value = convert(collected.total, "CNY", target.unit)
    completion = judgement.completion(value, target.value, target.comparator)
    gap = collected.gap(target.value, target.comparator, target.unit)
    return replace(
        figure,
        status=Status.MEASURED,
        value=value,
        completion=completion,
        gap_points=gap,
        met=judgement.met(value, target.value, target.comparator, final=collected.complete),
        light=judgement.light(gap, light_rule, lower_bound=collected.lower_bound),
        lower_bound=collected.lower_bound,
        reason=_missing_reason(collected),
        fresh_at=newest(report.recorded_at for report in collected.reports),
        simulated=target.simulated or any(report.simulated for report in collected.reports),
    )


def growth(target: Target, facts: Facts, rules: Rules, as_of: datetime) -> Figure:
    """TR-2: growth over the year before, as the statistics publish it (X-24).

    Not over what the plan implies: TR-1 / 1.30 could never disagree with TR-1 (X-1). The base is a full year's, and a
    part of a year can't be compared with a full one. So there is no value until every month is reported; until then
    `pace` shows the sum against the sum that the target requires.
    """
    day = local_day(as_of)
    rule_day = min(day, target.deadline or day)
    due_rule, line_rule = rules.on("monthly_report_due", rule_day), rules.on("pro_rata_line", rule_day)
    pace_rule, light_rule = rules.on("light_flow", rule_day), rules.on("light_rate", rule_day)
    figure = replace(
        blank(target, facts, as_of),
        rules=tuple(reference(rule) for rule in (due_rule, line_rule, pace_rule, light_rule)),
    )
    collected = collect(facts, reporting_regions(target, facts), target.period, day, due_rule)
    figure = replace(
        figure,
        completeness=collected.completeness,
        fresh_at=newest(report.recorded_at for report in collected.reports),
        simulated=target.simulated or any(report.simulated for report in collected.reports),
        lower_bound=collected.lower_bound,
    )
    base = _published(target, facts)
    if isinstance(base, str):
        return replace(figure, reason=base)
    figure = replace(
        figure,
        base=asdict(base) | {"value": str(base.value)},
        pace=None
        if target.value is None
        else _pace(target.value, base.value, base.unit, collected, pace_rule),
    )
    if collected.total is None or not collected.complete:
        return replace(
            figure,
            reason=f"the base is the whole of {base.period}: growth is known when every month of"
            f" {target.period} is reported",
        )
    value = (convert(collected.total, "CNY", base.unit) / base.value - 1) * HUNDRED
    gap = None if target.value is None else value - target.value
    return replace(
        figure,
        status=Status.MEASURED,
        value=value,
        completion=judgement.completion(value, target.value, target.comparator),
        gap_points=gap,
        met=judgement.met(
            value,
            target.value,
            target.comparator,
            final=True,
            may_fall=target.deadline is not None and day <= target.deadline,
        ),
        light=judgement.light(gap, light_rule),
    )


def _published(target: Target, facts: Facts) -> Base | str:
    """The published investment of the year before the target's, or why there is none to grow from."""
    year = str(int(year_of(target.period)) - 1)
    found = [
        each
        for each in facts.of(STATISTIC)
        if each.detail.get("indicator") == INVESTMENT
        and each.region == target.region
        and each.period == year
        and each.value is not None
    ]
    if not found:
        return f"the statistic of {year}, from which it grows, is not published yet"
    if len(found) > 1:
        return f"the statistic of {year} is published on several price bases: which one counts is not said"
    [one] = found
    if one.value is None or one.value <= 0:
        return f"the statistic of {year} is not positive: there is nothing to grow from"
    vintage = local_day(one.recorded_at).isoformat()
    return Base(one.value, one.unit, year, vintage, str(one.detail.get("source") or ""))


def _pace(target: Decimal, base: Decimal, unit: str, collected: Collected, rule: Rule) -> Pace:
    required = base * (1 + target / HUNDRED)
    if collected.total is None:
        return Pace(None, required, unit, None, collected.pro_rata, None, Light.GREY)
    cumulative = convert(collected.total, "CNY", unit)
    completion = judgement.completion(cumulative, required, "at_least")
    gap = collected.gap(required, "at_least", unit)
    colour = judgement.light(gap, rule, lower_bound=collected.lower_bound)
    return Pace(cumulative, required, unit, completion, collected.pro_rata, gap, colour)


def _why_nothing(target: Target, collected: Collected) -> str:
    if target.level not in ("province", "prefecture"):
        return "no region of this level reports this measure"
    return "nothing is reported yet" + (f"; {_missing_reason(collected)}" if collected.lower_bound else "")


def _missing_reason(collected: Collected) -> str:
    missing = len(collected.completeness.missing)
    if not missing:
        return ""
    return f"{missing} of {collected.completeness.expected} due reports are missing: at least this value"
