"""Online monitoring of key energy users (重点用能企业能耗在线监测), EN-14, for the province and city by city.

The denominator is the year's own list (designation) cut at 10,000 tce, on the basis that the list names
(X-4): 以上 includes the number. The numerator is who was online on the latest closed day, so that a figure
does not move during the day, and none after the target's deadline; who is heard right now is shown beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from services.progress import judgement
from services.progress.facts import (
    COVERAGE,
    FEED,
    KEY_USER,
    KEY_USER_LIST,
    Contribution,
    Facts,
    Target,
    newest,
)
from services.progress.figure import Completeness, Figure, Status, blank
from services.progress.judgement import HUNDRED
from services.progress.periods import local_day, year_of
from services.progress.rules import Rule, Rules, reference


@dataclass(frozen=True, slots=True)
class Monitored:
    """The key users of a region and what is known of each, by enterprise id."""

    listed: dict[str, Contribution]
    closed: dict[str, Contribution]  # the verdict on the closed day that counts
    today: dict[str, Contribution]  # the verdict on the running day: online so far, or not yet said
    feeds: dict[str, Contribution]

    @property
    def online_closed(self) -> int:
        return sum(1 for each in self.closed.values() if each.value == 1)

    @property
    def online_now(self) -> int:
        """Heard now: online today or yesterday, and not reported silent since."""
        return sum(1 for enterprise in self.listed if self._heard(enterprise))

    def _heard(self, enterprise: str) -> bool:
        feed = self.feeds.get(enterprise)
        if feed is not None:
            return feed.value == 1
        verdicts = (self.today.get(enterprise), self.closed.get(enterprise))
        return any(verdict is not None and verdict.value == 1 for verdict in verdicts)


def judged_day(facts: Facts, target: Target) -> date | None:
    """The day whose verdicts make the figure: the latest closed one, after the deadline that of the deadline."""
    closed = facts.closed_day
    return closed if closed is None or target.deadline is None else min(closed, target.deadline)


def monitored(
    facts: Facts, region: str, year: str, closed: date | None, today: date, threshold: Rule
) -> Monitored:
    """The year's key users in `region`, with what is known of each on the closed day, today and now."""
    line, inclusive = threshold.number("tce"), bool(threshold.parameters["inclusive"])
    listed = {
        user.subject: user
        for user in facts.of(KEY_USER)
        if user.period == year
        and user.subject is not None
        and user.value is not None
        and (user.value > line or (inclusive and user.value == line))
        and facts.areas.covers(region, user.region)
    }
    return Monitored(
        listed,
        _of_day(facts, closed, listed),
        _of_day(facts, today, listed),
        {f.subject: f for f in facts.of(FEED) if f.subject is not None and f.subject in listed},
    )


def _of_day(facts: Facts, day: date | None, listed: Mapping[str, Contribution]) -> dict[str, Contribution]:
    wanted = day.isoformat() if day else None
    return {
        verdict.subject: verdict
        for verdict in facts.of(COVERAGE)
        if verdict.period == wanted and verdict.subject is not None and verdict.subject in listed
    }


def coverage(
    target: Target, facts: Facts, rules: Rules, as_of: datetime, region: str | None = None
) -> Figure:
    """EN-14 for `region` (default: the target's own): online of listed, in percent."""
    code = region or target.region
    day = local_day(as_of)
    rule_day = min(day, target.deadline or day)
    threshold, light_rule = rules.on("key_user_threshold", rule_day), rules.on("light_coverage", rule_day)
    year = year_of(target.period)
    closed = judged_day(facts, target)
    over = target.deadline is not None and day > target.deadline
    found = monitored(facts, code, year, closed, day, threshold)
    figure = replace(
        blank(target, facts, as_of, code),
        rules=(reference(threshold), reference(light_rule)),
        day=closed.isoformat() if closed else None,
    )
    if not any(lists.period == year for lists in facts.of(KEY_USER_LIST)):
        return replace(figure, reason=f"there is no list of key users for {year}", counts=_unknown())
    basis = ", ".join(sorted({str(u.detail.get("basis")) for u in found.listed.values()})) or target.basis
    unknown = len(found.listed) - len(found.closed)
    figure = replace(
        figure,
        basis=basis,
        counts={
            "designated": len(found.listed),
            "online_closed_day": found.online_closed if closed else None,
            "online_now": found.online_now,
        },
        # Enterprise ids stay out of `missing`: the figure is wider known than its enterprises may be.
        completeness=Completeness(len(found.listed), len(found.closed)),
        simulated=target.simulated or any(user.simulated for user in found.listed.values()),
    )
    if not found.listed:
        return replace(figure, reason="no enterprise of this region is on the list: no ratio")
    if closed is None:
        return replace(figure, reason="no day is closed yet")
    value = Decimal(found.online_closed) / Decimal(len(found.listed)) * HUNDRED
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
        fresh_at=newest(each.recorded_at for each in (*found.listed.values(), *found.closed.values())),
    )


def _unknown() -> dict[str, int | None]:
    return {"designated": None, "online_closed_day": None, "online_now": None}
