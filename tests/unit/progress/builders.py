"""Facts for the measures, made by hand over the plan's own targets and regions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from plans.loader import load_plan
from services.progress.common import rules
from services.progress.measures.catalogue import figures
from services.progress.measures.coverage import judged_day, listed
from services.progress.measures.facts import (
    INVESTMENT,
    ONLINE,
    STATISTIC,
    Contribution,
    Facts,
    KeyUsers,
    Plan,
    Tally,
    Target,
)
from services.progress.measures.figure import Figure
from shared.areas import Area, AreaTree, Relation

RULES = rules.load()
CITIES = ("350100", "350200", "350300", "350400", "350500", "350600", "350700", "350800", "350900")
YUAN = Decimal(100_000_000)
"""Yuan in one 亿元."""


def moment(day: str, time: str = "12:00") -> datetime:
    """A moment of the plan's time (+08:00)."""
    return datetime.fromisoformat(f"{day}T{time}:00+08:00").astimezone(UTC)


@cache
def _assessment() -> dict[str, Any]:
    return load_plan("fujian-2013").parts()["assessment"]


def plan_targets() -> dict[str, Target]:
    """All targets of the plan as they were published."""
    found = {}
    for raw in _assessment()["targets"]:
        found[raw["target"]] = Target(
            plan="fujian-2013",
            target=raw["target"],
            row=raw["row"],
            programme=raw["programme"],
            name=raw["name"],
            measure=raw["measure"],
            region=raw["region"],
            level=raw["level"],
            period=raw["period"],
            value=None if raw["value"] is None else Decimal(raw["value"]),
            unit=raw["unit"],
            comparator=raw["comparator"],
            metric_type=raw["metric_type"],
            deadline=date.fromisoformat(raw["deadline"]) if raw["deadline"] else None,
            parent=raw["parent"],
            basis=raw["basis"],
            price_base=raw["price_base"],
        )
    return found


@cache
def plan_areas() -> AreaTree:
    """The plan's regions, with Pingtan's two relations."""
    areas = []
    for raw in _assessment()["regions"]:
        parents = [Relation("parent", raw["parent"])] if raw["parent"] else []
        parents += [Relation(r["kind"], r["to"]) for r in raw["relations"]]
        areas.append(
            Area(
                raw["code"],
                raw["name"],
                raw["level"],
                tuple(parents),
                _day(raw["valid_from"]),
                _day(raw["valid_to"]),
                raw["administered"],
            )
        )
    return AreaTree(areas)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class World:
    """What is known, built up line by line; `at` asks for the figures of a moment."""

    def __init__(self) -> None:
        self.targets = plan_targets()
        self.rows: dict[tuple[str, str], Contribution] = {}
        self.closed_day: date | None = None
        self.tallies: dict[str, Tally] = {}
        self._listed: dict[str, dict[str, tuple[str, Decimal]]] = {}
        self._verdicts: dict[tuple[str, str], bool] = {}
        self._heard: dict[str, bool] = {}
        self._position = 0

    def change_target(self, target: str, **changes: Any) -> "World":
        self.targets[target] = replace(self.targets[target], **changes)
        return self

    def reported(self, region: str, month: str, hundred_millions: str | int) -> "World":
        """A city's monthly report, in 亿元."""
        value = Decimal(hundred_millions) * YUAN
        return self._add(INVESTMENT, region, month, f"{region}:{month}", value, source="projects", unit="CNY")

    def withdrawn(self, region: str, month: str) -> "World":
        """A city's report of the month is withdrawn."""
        return self._add(INVESTMENT, region, month, f"{region}:{month}", None, source="projects", unit="CNY")

    def statistic(
        self, indicator: str, region: str, value: str, unit: str, year: str = "2013", **detail: Any
    ) -> "World":
        """A reported statistic of a year."""
        key = f"{indicator}:{region}:{year}:{detail.get('price_base')}"
        detail = {"indicator": indicator, **detail}
        return self._add(STATISTIC, region, year, key, Decimal(value), unit=unit, detail=detail)

    def grown_from(self, hundred_millions: str | int) -> "World":
        """The province's published technology renovation investment of 2012, in 亿元."""
        return self.statistic(
            INVESTMENT, "350000", str(hundred_millions), "CNY_1e8", "2012", source="yearbook"
        )

    def key_user(self, enterprise: str, region: str, tce: str, year: str = "2013") -> "World":
        """An enterprise on the list of a year, with tce a year."""
        self._listed.setdefault(year, {})[enterprise] = (region, Decimal(tce))
        return self

    def judged(self, enterprise: str, day: str, online: bool) -> "World":
        """The verdict on a day of a key user."""
        self._verdicts[enterprise, day] = online
        return self

    def tallied(self, target: str, tally: Tally) -> "World":
        """What the read-model counted for a target."""
        self.tallies[target] = tally
        return self

    def feed(self, enterprise: str, heard: bool) -> "World":
        self._heard[enterprise] = heard
        return self

    def _add(
        self,
        measure: str,
        region: str,
        period: str,
        key: str,
        value: Decimal | None,
        subject: str | None = None,
        source: str = "assessment",
        unit: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> "World":
        self._position += 1
        self.rows[measure, key] = Contribution(
            source=source,
            position=self._position,
            measure=measure,
            region=region,
            period=period,
            key=key,
            value=value,
            recorded_at=moment("2013-01-27"),
            subject=subject,
            unit=unit,
            detail=detail or {},
        )
        return self

    def facts(self, today: date) -> Facts:
        by_measure: dict[str, list[Contribution]] = {}
        for row in self.rows.values():
            by_measure.setdefault(row.measure, []).append(row)
        plan = Plan("fujian-2013", "plan", 2013, date(2013, 1, 27))
        users = {
            name: self._key_users(target, today)
            for name, target in self.targets.items()
            if target.measure == ONLINE and target.period in self._listed
        }
        return Facts(
            plan,
            plan_areas(),
            self.targets,
            by_measure,
            self.closed_day,
            tallies=self.tallies,
            key_users=users,
        )

    def _key_users(self, target: Target, today: date) -> list[KeyUsers]:
        """One by one, each its own region: what the read-model adds up by region."""
        asked = listed(target, RULES, judged_day(self.closed_day, target), today)
        found = []
        for enterprise, (region, tce) in self._listed[asked.year].items():
            if tce < asked.line or (tce == asked.line and not asked.inclusive):
                continue
            closed = self._verdicts.get((enterprise, str(asked.closed)))
            running = self._verdicts.get((enterprise, str(today)))
            heard = self._heard.get(enterprise, bool(closed or running))
            judged, at = closed is not None, moment("2013-01-27")
            found.append(
                KeyUsers(
                    region,
                    1,
                    judged,
                    bool(closed),
                    heard,
                    at,
                    simulated=False,
                    bases=frozenset({"equivalent"}),
                )
            )
        return found

    def at(self, day: str, time: str = "12:00") -> dict[str, Figure]:
        """The figures on a day, by id without the plan's name."""
        made = figures(self.facts(date.fromisoformat(day)), RULES, moment(day, time))
        return {figure.id.removeprefix("fujian-2013/"): figure for figure in made}
