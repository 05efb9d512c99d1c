"""The lists that people live in, with 100,000 projects and three years of the cities' reports; an import.

The projects are copied into the tables that lists read: what is measured is reading. The import goes the whole way,
from the file at the gateway's door to the rows' events in the log.
"""

import asyncio
import csv
import io
import json
import random
import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote
from uuid import uuid4

import asyncpg

from bench.balance import percentile
from bench.portal import steady
from bench.report import Report, Row
from bench.system import CITY, COUNTY, System, gateway_request, query
from bench.wire import Connection, request

_SEED = 20130127
_WORDS = ("纺织", "化工", "电机", "船舶", "制鞋", "食品", "建材", "冶金", "光电", "医药", "造纸", "汽配")
_STAGES = (
    "planned",
    "filed",
    "approved",
    "started",
    "partly_producing",
    "producing",
    "accepted",
    "suspended",
)
_LISTS = (
    "/projects",
    f"/projects?region={CITY}",
    f"/projects?region={COUNTY}&stage=started",
    "/projects?sort=total_investment&descending=true",
    "/projects?sort=stage_on&descending=true&stage=producing",
    "/projects?programme=EN&investment_from=100000000",
    f"/projects?text={quote('船舶')}",
    f"/projects?text={quote('光电扩建 099')}",
    f"/projects?region={CITY}&text={quote('医药')}&sort=name",
    "/projects?industry=17&stage_from=2013-06-01&limit=200",
    "/reports?first_month=2012-01&limit=200",
)


async def lists(system: System, report: Report, *, projects: int, seconds: float, rate: float = 10.0) -> None:
    """Any page of any list, first pages with their sums and pages far behind, at a steady rate through the gateway."""
    regions = [f"3501{number:02d}" for number in (2, 3, 4, 5, 11, 21, 22, 23, 24, 25, 81, 82)] + [
        "350203",
        "350212",
    ]
    await _seed(system, projects, regions)
    token = system.token("province")
    paths = [*_LISTS, *(await _further(system, token))]
    people = system.people("province", 50)
    asks = [
        gateway_request("GET", paths[number % len(paths)], people[number % len(people)])
        for number in range(int(rate * seconds))
    ]
    took = await steady(system.local.urls.gateway, asks, rate, 8)
    note = f"({projects:,} projects, {len(paths)} questions, p50 {percentile(took, 50) * 1e3:.0f} ms)"
    worst = percentile(took, 99) * 1e3
    report.add(Row(f"a page of a list at {rate:.0f}/s: p99", worst, "ms", 100, None, "less", note))


async def imported(system: System, report: Report, *, rows: int) -> None:
    """A file of new projects: sent, checked, carried out as a whole."""
    token, connection = system.token("province"), Connection(system.local.urls.gateway)
    began = time.perf_counter()
    answer = await connection.ask(
        request(
            "POST",
            "/api/v1/imports/projects",
            token,
            _file(rows),
            {"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv"},
        )
    )
    if answer.status != 201:
        raise RuntimeError(f"the file was refused: {answer.status} {answer.body[:300]!r}")
    name = json.loads(answer.body)["import"]
    await _until(system, connection, token, name, "checked")
    checked = time.perf_counter()
    run = await connection.ask(gateway_request("POST", f"/imports/{name}/run", token, {"mode": "all"}))
    if run.status != 200:
        raise RuntimeError(f"the import was refused: {run.status} {run.body[:300]!r}")
    done = await _until(system, connection, token, name, "finished")
    ended = time.perf_counter()
    connection.close()
    if done["created"] != rows:
        raise RuntimeError(f"{done['created']} of {rows} rows were carried out")
    note = f"({rows:,} rows; sent and checked at {rows / (checked - began):,.0f} rows/s before it)"
    report.add(
        Row("import, carried out as a whole", rows / (ended - checked), "rows/s", 500, None, "more", note)
    )


async def _until(
    system: System, connection: Connection, token: str, name: str, standing: str
) -> dict[str, int]:
    deadline = time.perf_counter() + 180
    while time.perf_counter() < deadline:
        view = json.loads((await query(connection, f"/imports/{name}", token)).body)
        if view["standing"] == standing:
            found: dict[str, int] = view
            return found
        if view["standing"] == "failed" or view["faulty"]:
            raise RuntimeError(f"the import is {view}")
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the import never was {standing}")


def _file(rows: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["项目编号", "项目名称", "地区", "行业代码", "总投资（万元）", "设备投资（万元）", "策划日期"]
    )
    for number in range(rows):
        writer.writerow(
            [f"IMP-{number:06d}", f"示例技改项目{number}", COUNTY, "1751", "12000", "8350", "2013-01-10"]
        )
    return out.getvalue().encode()


async def _further(system: System, token: str) -> list[str]:
    """Cursors some pages behind the first."""
    connection, found = Connection(system.local.urls.gateway), []
    for path in ("/projects?limit=200", "/projects?sort=total_investment&descending=true&limit=200"):
        cursor = ""
        for _ in range(5):
            page = json.loads((await query(connection, path + cursor, token)).body)
            cursor = f"&cursor={page['next_cursor']}"
        found.append(path + cursor)
    connection.close()
    return found


async def _seed(system: System, projects: int, regions: Sequence[str]) -> None:
    """What years of work would have left in the tables."""
    made = random.Random(_SEED)
    first = date(2011, 1, 1)
    db = await asyncpg.connect(system.admin_url.rsplit("/", 1)[0] + "/projects")
    try:
        rows = []
        for number in range(projects):
            total = Decimal(made.randrange(1_000, 200_000)) * 10_000
            word, on = made.choice(_WORDS), first + timedelta(days=made.randrange(1_090))
            rows.append(
                (
                    f"B-{number:06d}",
                    f"{word}扩建 {number:06d} 技改项目",
                    made.choice(regions),
                    f"示例{made.choice(_WORDS)}公司",
                    f"{made.randrange(13, 43)}{made.randrange(10, 70)}",
                    total,
                    total * 7 / 10,
                    made.sample(["TR", "PM", "EI", "EN", "IN", "DI"], made.randrange(1, 4)),
                    made.choice(_STAGES),
                    on,
                    on,
                    [],
                    1,
                    0,
                )
            )
        columns = [
            *("project", "name", "region", "enterprise_name", "industry", "total_investment"),
            *("equipment_investment", "programmes", "stage", "stage_on", "registered_on"),
            *("tags", "version", "reminders"),
        ]
        await db.copy_records_to_table("project", records=rows, columns=columns)
        months = [f"{year}-{month:02d}" for year in (2010, 2011, 2012) for month in range(1, 13)]
        reports = [
            (
                f"350{city}00",
                month,
                Decimal(4_820_000_000),
                500,
                date(2013, 1, 5),
                date(2013, 1, 4),
                False,
                0,
                first,
            )
            for city in range(1, 10)
            for month in months
        ]
        await db.copy_records_to_table(
            "monthly_report",
            records=reports,
            columns=[
                *("region", "month", "investment", "projects", "due_on", "reported_on"),
                *("late", "corrections", "last_reported_on"),
            ],
        )
        await db.execute("ANALYZE")
    finally:
        await db.close()
