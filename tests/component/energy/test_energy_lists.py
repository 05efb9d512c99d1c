"""Energy as lists for spreadsheets, page by page and in China's days; raw readings with what they superseded."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.energy import archive
from tests.component.energy.conftest import FUZHOU, MILL, OPS, OTHER, XIAMEN, Service, local


async def whole(service: Service, operation: str, **body: Any) -> list[dict[str, Any]]:
    """All pages, as an export has them."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await service.ask(OPS, operation, **body, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


async def a_year(mill: Service) -> None:
    """A register read at every midnight of 2013, 10 a day."""
    mill.clock.set(local("2014-02-01 00:00"))
    begin = local("2013-01-01 00:00")
    await mill.push(
        [((begin + timedelta(days=n)).strftime("%Y-%m-%d %H:%M"), 1000.0 + 10 * n) for n in range(1, 366)]
    )


async def test_days_beyond_a_page_months_and_years(mill: Service) -> None:
    await a_year(mill)
    span: dict[str, Any] = {"from": "2013-01-15", "to": "2013-12-31"}
    days = await whole(mill, "list-enterprise-energy", enterprise="MILL", grain="day", **span)
    assert [days[0]["period"], days[-1]["period"], len(days)] == ["2013-01-15", "2013-12-31", 351]
    assert {each["native"] for each in days} == {"10"}
    months = await whole(mill, "list-enterprise-energy", enterprise="MILL", grain="month", **span)
    # The first reading of the year has nothing before it. A month begins at China's midnight: 16:00 by UTC.
    assert [(each["period"], each["native"]) for each in months[:2]] == [
        ("2013-01", "300"),
        ("2013-02", "280"),
    ]
    assert (months[0]["start"], len(months)) == ("2012-12-31T16:00:00Z", 12)
    [year] = await whole(mill, "list-enterprise-energy", enterprise="MILL", grain="year", **span)
    assert (year["period"], year["native"], year["tce_equal"]) == ("2013", "3640", "0.447356")
    by_meter = await whole(mill, "list-meter-energy", meter="M-1", grain="month", **span)
    assert [(each["period"], each["native"]) for each in by_meter] == [
        (each["period"], each["native"]) for each in months
    ]


async def test_the_answer_by_carriers_has_years_and_names_its_periods(mill: Service) -> None:
    await a_year(mill)
    asked = {"enterprise": "MILL", "from": "2013-03-01", "to": "2013-03-01"}
    for grain, period in (("year", "2013"), ("month", "2013-03"), ("day", "2013-03-01")):
        answer = await mill.ask(OPS, "enterprise-energy", grain=grain, **asked)
        [electricity] = [each for each in answer["carriers"] if each["carrier"] == "electricity"]
        assert [each["period"] for each in electricity["periods"]] == [period]
        assert answer["as_of"] == "2014-01-31T16:00:00Z"


async def test_a_days_revision_and_when_it_was_published(mill: Service) -> None:
    asked = {"enterprise": "MILL", "from": "2013-01-14", "to": "2013-01-14"}
    await mill.day_of_readings("2013-01-14", 1000, 25)
    [before] = await whole(mill, "list-enterprise-energy", **asked)
    assert (before["native"], before["revision"], before["published_at"]) == ("2400", None, None)
    await mill.flusher.sweep()
    [once] = await whole(mill, "list-enterprise-energy", **asked)
    mill.clock.set(mill.clock.now() + timedelta(hours=1))
    await mill.push([("2013-01-15 00:15", 3410)])
    await mill.ask(
        OPS, "correct-meter-change", meter="M-1", at="2013-01-01T00:00:00+08:00", ratio="2", reason="CT"
    )
    await mill.flusher.sweep()
    [again] = await whole(mill, "list-enterprise-energy", **asked)
    assert (once["revision"], again["revision"], again["native"]) == (1, 2, "4800")
    assert again["published_at"] > once["published_at"]


async def test_raw_readings_with_what_they_superseded(mill: Service) -> None:
    rows = [(f"2013-01-14 0{n}:00", 1000.0 + n) for n in range(1, 6)]
    await mill.push(rows)
    [fell] = [rows[2][0]]
    await mill.push([(fell, 1002.5)])
    found = await whole(
        mill, "list-readings", meter="M-1", limit=2, **{"from": "2013-01-14", "to": "2013-01-14"}
    )
    assert [each["at"] for each in found] == [f"2013-01-13T{16 + n}:00:00Z" for n in range(1, 6)]
    assert {each["unit"] for each in found} == {"kWh"}
    changed = found[2]
    assert {changed["value"], *changed["old_values"]} == {"1003", "1002.5"}
    assert [each["old_values"] for each in found if each is not changed] == [[]] * 4


async def test_archived_months_are_among_the_raw_readings(mill: Service, tmp_path: Path) -> None:
    """Page by page over the line, as before; where the file isn't within reach, nothing is left out silently."""
    mill.clock.set(local("2013-03-01 12:00"))
    rows = [("2013-01-31 23:30", 1000.0), ("2013-01-31 23:45", 1002.0), ("2013-02-01 00:00", 1003.0)]
    await mill.push([*rows, ("2013-02-01 00:15", 1004.0), ("2013-02-01 00:30", 1006.0)])
    await mill.push([("2013-01-31 23:45", 1002.5)])
    asked: dict[str, Any] = {"meter": "M-1", "from": "2013-01-31", "to": "2013-02-01"}
    before = await whole(mill, "list-readings", **asked)
    assert [each["value"] for each in before] == ["1000", "1002.5", "1003", "1004", "1006"]
    owner = await asyncpg.connect(mill.owner_dsn)
    archived = await archive.archive(owner, tmp_path, date(2013, 1, 1), mill.clock.now())
    await owner.close()
    for limit in (1, 2, 3, 100):
        assert await whole(mill, "list-readings", limit=limit, **asked) == before
    page = await mill.ask(OPS, "list-readings", **asked)
    assert page["archived_until"] == "2013-01-31T16:00:00Z"
    archived.file.rename(tmp_path / "elsewhere")
    problem = await mill.refused(OPS, "list-readings", **asked)
    assert (problem.status, problem.code) == (409, "archived")
    later = await whole(mill, "list-readings", **{**asked, "from": "2013-02-01"})
    assert [each["value"] for each in later] == ["1004", "1006"]


async def test_what_is_parked_has_its_columns(mill: Service) -> None:
    await mill.push(
        [("2013-01-14 00:00", 1000.0), ("2013-01-14 00:15", 9000.0), ("2013-01-14 00:30", 9010.0)]
    )
    span: dict[str, Any] = {"from": "2013-01-14", "to": "2013-01-14"}
    for operation, of in (
        ("list-enterprise-energy", {"enterprise": "MILL"}),
        ("list-meter-energy", {"meter": "M-1"}),
    ):
        [day] = await whole(mill, operation, **of, **span)
        assert (day["native"], day["parked"], day["parked_intervals"]) == ("10", "8000", 1)


@pytest.mark.parametrize("operation", ["list-enterprise-energy", "list-meter-energy", "list-readings"])
async def test_who_may_see_them(mill: Service, operation: str) -> None:
    body: dict[str, Any] = {"from": "2013-01-14", "to": "2013-01-14"}
    body |= {"enterprise": "MILL"} if "enterprise" in operation else {"meter": "M-1"}
    for actor in (OPS, FUZHOU, MILL):
        await mill.ask(actor, operation, **body)
    for actor in (XIAMEN, OTHER):
        assert (await mill.refused(actor, operation, **body)).status in (403, 404)
    assert (await mill.refused(OPS, operation, cursor="x", **body)).code == "bad-cursor"
    assert (await mill.refused(OPS, operation, **{**body, "from": "2013-02-01"})).code == "bad-span"
