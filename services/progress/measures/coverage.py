"""Online monitoring of key energy users (重点用能企业能耗在线监测), EN-14, for the province and city by city.

The denominator is the year's own list (designation) cut at 10,000 tce, on the basis that the list names
(X-4): 以上 includes the number. The numerator is who was online on the latest closed day, so that a figure
does not move during the day, and none after the target's deadline; who is heard right now is shown beside it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from services.progress.common.periods import year_of
from services.progress.common.rules import Rules, reference
from services.progress.measures import judgement
from services.progress.measures.facts import Facts, Target, newest
from services.progress.measures.figure import Completeness, Figure, Status, blank
from services.progress.measures.judgement import HUNDRED
from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class Listed:
    """Which key users are in a target's figure, and on which days they are looked at.

    `line`: tce a year from which (`inclusive`) or above which an enterprise of the list counts (X-4). `closed`: the
    day whose verdicts make the figure; `today`: the running day, which says who is heard of now.
    """

    target: str
    year: str
    line: Decimal
    inclusive: bool
    closed: date | None
    today: date


def judged_day(closed: date | None, target: Target) -> date | None:
    """The day whose verdicts make the figure: the latest closed one, after the deadline that of the deadline."""
    return closed if closed is None or target.deadline is None else min(closed, target.deadline)


def listed(target: Target, rules: Rules, closed: date | None, today: date) -> Listed:
    """What must be read for an ONLINE target as of a day, `closed` being its judged day."""
    threshold = rules.on("key_user_threshold", min(today, target.deadline or today))
    inclusive = bool(threshold.parameters["inclusive"])
    return Listed(target.target, year_of(target.period), threshold.number("tce"), inclusive, closed, today)


def coverage(
    target: Target, facts: Facts, rules: Rules, as_of: datetime, region: str | None = None
) -> Figure:
    """EN-14 for `region` (default: the target's own): online of listed, in percent."""
    code = region or target.region
    day = local_day(as_of)
    rule_day = min(day, target.deadline or day)
    threshold, light_rule = rules.on("key_user_threshold", rule_day), rules.on("light_coverage", rule_day)
    year = year_of(target.period)
    closed = judged_day(facts.closed_day, target)
    over = target.deadline is not None and day > target.deadline
    figure = replace(
        blank(target, facts, as_of, code),
        rules=(reference(threshold), reference(light_rule)),
        day=closed.isoformat() if closed else None,
    )
    if target.target not in facts.key_users:
        return replace(figure, reason=f"there is no list of key users for {year}", counts=_unknown())
    found = [each for each in facts.key_users[target.target] if facts.areas.covers(code, each.region)]
    designated, judged = sum(each.listed for each in found), sum(each.judged for each in found)
    online, unknown = sum(each.online for each in found), designated - judged
    figure = replace(
        figure,
        basis=", ".join(sorted(frozenset().union(*(each.bases for each in found)))) or target.basis,
        counts={
            "designated": designated,
            "online_closed_day": online if closed else None,
            "online_now": sum(each.heard for each in found),
        },
        # Enterprise ids stay out of `missing`: the figure is wider known than its enterprises may be.
        completeness=Completeness(designated, judged),
        simulated=target.simulated or any(each.simulated for each in found),
    )
    if not designated:
        return replace(figure, reason="no enterprise of this region is on the list: no ratio")
    if closed is None:
        return replace(figure, reason="no day is closed yet")
    value = Decimal(online) / Decimal(designated) * HUNDRED
    gap = None if target.value is None else value - target.value
    return replace(
        figure,
        status=Status.MEASURED,
        value=value,
        completion=judgement.completion(value, target.value, target.comparator),
        gap_points=gap,
        met=judgement.met(
            value, target.value, target.comparator, final=over and not unknown, may_fall=not over
        ),
        light=judgement.light(gap, light_rule, lower_bound=unknown > 0),
        lower_bound=unknown > 0,
        reason=f"of {unknown} the day is not judged yet: at least this value" if unknown else "",
        fresh_at=newest(each.fresh_at for each in found),
    )


def _unknown() -> dict[str, int | None]:
    return {"designated": None, "online_closed_day": None, "online_now": None}
