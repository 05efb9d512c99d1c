"""A made-up year of nine city clerks: what each of them sends on which day, and what must be counted of it.

`acts()` is the year as commands; `counted()` counts the same year by itself, from the facts alone. It shares no code
with the services, so that an error of theirs can't stand on both sides.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

YEAR = 2013
CITIES = {  # target of the year in 亿元 (TR-6), two counties
    "350100": (660, "350181", "350121"),
    "350200": (200, "350203", "350211"),
    "350300": (140, "350302", "350303"),
    "350400": (470, "350402", "350481"),
    "350500": (470, "350582", "350583"),
    "350600": (250, "350602", "350681"),
    "350700": (120, "350702", "350781"),
    "350800": (220, "350802", "350881"),
    "350900": (70, "350902", "350981"),
}
PROJECTS = 200
LAST = date(YEAR + 1, 3, 31)
_YI = Decimal(100_000_000)
_START, _PRODUCTION = "started", "producing"


@dataclass(frozen=True, slots=True)
class Act:
    """One command of one person: `city` None is the province's. `step` names the stage that a correction is of."""

    on: date
    city: str | None
    path: str
    body: Mapping[str, Any]
    step: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What became known on a day: of a city's month (`amount`), of a stage's day, or of a stay on the key list."""

    known: date
    kind: str
    subject: str
    of: str
    amount: Decimal | None = None
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class Year:
    """The commands of the year in their order, and its facts."""

    acts: list[Act] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def do(
        self, on: date, city: str | None, path: str, step: tuple[str, str] | None = None, /, **body: Any
    ) -> None:
        self.acts.append(Act(on, city, path, body, step))


def moments() -> Iterator[date]:
    """The 24 days after whose last command everything is counted: the middle and the end of every month."""
    for month in range(1, 13):
        yield date(YEAR, month, 15)
        yield date(YEAR + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def the_year(seed: int = YEAR) -> Year:
    """200 projects, 108 reports, corrections of both: the same for the same seed."""
    year, dice = Year(), random.Random(seed)
    for number in range(PROJECTS):
        _project(year, dice, number)
    for city in CITIES:
        for month in range(1, 13):
            _report(year, dice, city, month)
    # One day's commands in the order in which they were made: a project's own stay in their order.
    year.acts.sort(key=lambda act: act.on)
    return year


def _project(year: Year, dice: random.Random, number: int) -> None:
    city = list(CITIES)[number % len(CITIES)]
    county = CITIES[city][1 + number % 2]
    name = f"CLERK-{number:03d}"
    first = date(YEAR, 1, 28) + timedelta(days=dice.randrange(0, 150))
    year.do(
        first, city, "/projects", project=name, name=f"示例技改项目 {number:03d}", region=county, industry="3110",
        total_investment=str(20_000_000 + 100_000 * number), equipment_investment="10000000", programmes=["TR"],
        planned_on=first.isoformat(), evidence="示例",
    )  # fmt: skip
    if dice.random() < 0.8:
        _stay(year, dice, name, first)
    day = first
    for stage, odds, least, most in (
        ("filed", 1.0, 1, 20),
        (_START, 0.85, 1, 60),
        (_PRODUCTION, 0.7, 20, 150),
    ):
        if dice.random() > odds:
            return
        day += timedelta(days=dice.randrange(least, most))
        known = day + timedelta(days=dice.randrange(0, 25))
        if known > LAST:
            return
        _reached(year, dice, (name, city, stage), day, known)
        day = max(day, known)


def _stay(year: Year, dice: random.Random, name: str, first: date) -> None:
    """On the key list from a day on; a fifth of them leave it within the year, or after it."""
    joined = first + timedelta(days=dice.randrange(0, 60))
    year.do(joined, None, f"/projects/{name}/registers", register="provincial_key", on=joined.isoformat())
    year.facts.append(Fact(joined, "stay", name, "", None, joined))
    if dice.random() < 0.2:
        left = joined + timedelta(days=dice.randrange(30, 300))
        if left > LAST:
            return
        year.do(
            left, None, f"/projects/{name}/registers/leave",
            register="provincial_key", on=left.isoformat(), reason="示例：退出名单",
        )  # fmt: skip
        year.facts.append(Fact(left, "stay", name, "", None, joined, left))


def _reached(year: Year, dice: random.Random, of: tuple[str, str, str], day: date, known: date) -> None:
    name, city, stage = of
    path = f"/projects/{name}/stages"
    year.do(known, city, path, stage=stage, on=day.isoformat(), evidence="示例文号")
    year.facts.append(Fact(known, "stage", name, stage, None, day))
    if stage != "filed" and dice.random() < 0.15:
        # The day was off by a little: the right one is told on the day after.
        right, told = day - timedelta(days=1), known + timedelta(days=1)
        year.do(
            told, city, f"{path}/corrections", (name, stage),
            stage=stage, on=right.isoformat(), reason="示例：日期更正",
        )  # fmt: skip
        year.facts.append(Fact(told, "stage", name, stage, None, right))


def _report(year: Year, dice: random.Random, city: str, month: int) -> None:
    share = Decimal(dice.randrange(60, 110)) / 1200
    amount = Decimal(10_000) * int(CITIES[city][0] * 10_000 * share)
    after = date(YEAR + month // 12, month % 12 + 1, 1)
    filed = after + timedelta(days=dice.choice((1, 2, 3, 4, 4, 8, 12)))
    key = f"{YEAR}-{month:02d}"
    year.do(filed, city, "/reports", region=city, month=key, investment=str(amount), confirmed=True)
    year.facts.append(Fact(filed, "month", city, key, amount))
    if dice.random() < 0.25:
        right, told = (
            amount + 10_000 * dice.randrange(-5_000, 5_000),
            filed + timedelta(days=dice.randrange(1, 40)),
        )
        year.do(
            told, city, f"/reports/{city}/{key}/corrections",
            investment=str(right), confirmed=True, reason="示例：核实后更正",
        )  # fmt: skip
        year.facts.append(Fact(told, "month", city, key, right))


def counted(facts: Iterable[Fact], on: date) -> dict[str, Decimal | None]:
    """What the facts known by the end of that day come to, by target.

    TR-1 and TR-6: the sum of the months reported, in 亿元, None before the first. TR-5: distinct key projects put
    into production within the year. TR-11: distinct key projects started or put into production in its first quarter.
    A key project is one that stood on the list at any time of the figure's own period. None: no project ever stood
    on it.
    """
    known: dict[tuple[str, str, str], Fact] = {}
    for fact in sorted((each for each in facts if each.known <= on), key=lambda each: each.known):
        known[fact.kind, fact.subject, fact.of] = fact
    found: dict[str, Decimal | None] = {}
    for row, city in zip("abfedcghi", CITIES, strict=True):
        found[f"TR-6{row}"] = _sum(known.values(), city)
    found["TR-1"] = _sum(known.values(), None)
    found["TR-5"] = _projects(known.values(), (_PRODUCTION,), date(YEAR, 12, 31))
    found["TR-11"] = _projects(known.values(), (_START, _PRODUCTION), date(YEAR, 3, 31))
    return found


def _sum(known: Iterable[Fact], city: str | None) -> Decimal | None:
    months = [each.amount for each in known if each.kind == "month" and city in (None, each.subject)]
    amounts = [each for each in months if each is not None]
    return sum(amounts, Decimal()) / _YI if amounts else None


def _projects(known: Iterable[Fact], stages: tuple[str, ...], last: date) -> Decimal | None:
    facts, begin = list(known), date(YEAR, 1, 1)
    if not any(each.kind == "stay" for each in facts):
        return None
    listed = {
        each.subject
        for each in facts
        if each.kind == "stay"
        and each.first
        and each.first <= last
        and (each.last is None or each.last >= begin)
    }
    reached = {
        each.subject
        for each in facts
        if each.kind == "stage" and each.of in stages and each.first and begin <= each.first <= last
    }
    return Decimal(len(listed & reached))
