"""Energy per GDP (单位GDP能耗), EN-3: reported total energy over GDP at constant prices. Lower is better (X-5).

A level of one region, never averaged from others or derived from the decline rates of EN-1 and EN-2 (§6.2).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from services.progress.common.rules import Rules, reference
from services.progress.common.units import convert
from services.progress.measures import judgement
from services.progress.measures.facts import STATISTIC, Contribution, Facts, Target, newest
from services.progress.measures.figure import Completeness, Figure, Status, blank
from services.progress.measures.judgement import HUNDRED
from shared.clock import local_day

_YEAR = re.compile(r"(?:19|20)\d\d")


def intensity(target: Target, facts: Facts, rules: Rules, as_of: datetime) -> Figure:
    """tce per 10,000 yuan, rounded to three decimals (half up) before it is judged: no more is published."""
    day = local_day(as_of)
    rule_day = min(day, target.deadline or day)
    digits_rule, light_rule = rules.on("intensity_digits", rule_day), rules.on("light_level", rule_day)
    figure = replace(blank(target, facts, as_of), rules=(reference(digits_rule), reference(light_rule)))
    reported = [s for s in facts.of(STATISTIC) if s.region == target.region and s.period == target.period]
    energy = [s for s in reported if s.detail.get("indicator") == "total_energy" and s.value is not None]
    gdp, gdp_name = _gdp_at_constant_prices(reported, target.price_base)
    missing = [f"total_energy:{target.region}:{target.period}"] if not energy else []
    missing += [f"{gdp_name}:{target.region}:{target.period}"] if not gdp else []
    figure = replace(figure, completeness=Completeness(2, 2 - len(missing), tuple(missing)))
    if missing:
        return replace(figure, reason="not reported: " + ", ".join(missing))
    if len(gdp) > 1 or len(energy) > 1:
        return replace(
            figure, reason="reported more than once on different bases: which one counts is not said"
        )
    used = (energy[0], gdp[0])
    tce = convert(used[0].value or Decimal(0), used[0].unit, "tce")
    tens_of_thousands = convert(used[1].value or Decimal(0), used[1].unit, "CNY_1e4")
    if tens_of_thousands <= 0:
        return replace(figure, reason="GDP is not positive: no ratio")
    quantum = Decimal(1).scaleb(-int(digits_rule.parameters["decimals"]))
    value = (tce / tens_of_thousands).quantize(quantum, ROUND_HALF_UP)
    over = target.deadline is not None and day > target.deadline
    provisional = any(bool(s.detail.get("provisional")) for s in used)
    completion = judgement.completion(value, target.value, target.comparator)
    gap = None if completion is None else completion - HUNDRED
    return replace(
        figure,
        status=Status.MEASURED,
        value=value,
        completion=completion,
        gap_points=gap,
        met=judgement.met(value, target.value, target.comparator, final=over and not provisional),
        reason="made of provisional statistics (快报数)" if provisional else "",
        basis=used[0].detail.get("basis") or target.basis,
        light=judgement.light(gap, light_rule),
        fresh_at=newest(s.recorded_at for s in used),
        price_base=used[1].detail.get("price_base"),
        simulated=target.simulated or any(s.simulated for s in used),
    )


def _gdp_at_constant_prices(
    reported: Sequence[Contribution], wanted: str | None
) -> tuple[list[Contribution], str]:
    """GDP at the target's price base; GDP at current prices is another statistic and never stands in for it.

    A target that prints no base takes the constant-price series there is, if there is just one.
    """
    series = [s for s in reported if s.detail.get("indicator") == "gdp" and s.value is not None]
    wanted_year = _year(wanted)
    constant = [s for s in series if _year(s.detail.get("price_base")) is not None]
    if wanted_year is None:
        return constant, "gdp at constant prices"
    matching = [s for s in constant if _year(s.detail.get("price_base")) == wanted_year]
    return matching, f"gdp at {wanted_year} prices"


def _year(text: str | None) -> str | None:
    match = _YEAR.search(text or "")
    return match.group() if match else None
