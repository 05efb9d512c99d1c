"""The lists that people live in, with 100,000 projects and three years of reports on each of them; an import.

The rows are copied into the tables that lists read, as the events of three years would have left them: what is measured
is reading, on its whole way through the gateway. The import goes the whole way too, from the file's upload to the
gateway to the rows' events in the log.
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
from itertools import cycle, islice
from typing import Any, get_args
from urllib.parse import quote
from uuid import uuid4

import asyncpg

from bench.balance import percentile
from bench.portal import steady
from bench.report import Report, Row
from bench.system import CITY, COUNTY, System, gateway_request, query
from clients.line import Connection, request
from services.projects.projects.queries import ListProjects

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
_MONTHS = [f"{year}-{month:02d}" for year in (2010, 2011, 2012) for month in range(1, 13)]
_QUESTIONS = {
    "all, with sums": "/projects",
    "one page after the other": "/projects?limit=200&cursor={project}",
    "city, programme, stage": f"/projects?region={CITY}&programme=EN&stage=started",
    "city, sums": f"/projects?region={CITY}",
    "text, often": f"/projects?text={quote('船舶')}",
    "text, seldom": f"/projects?text={quote('光电扩建 099')}",
    "text in a city, by name": f"/projects?region={CITY}&text={quote('医药')}&sort=name",
    "by amount, deep": "/projects?sort=total_investment&descending=true&limit=200&cursor={total_investment}",
    "amounts between": "/projects?investment_from=500000000&investment_to=600000000&equipment_to=380000000",
    "industry, since a day": "/projects?industry=17&stage_from=2013-06-01&limit=200",
    "report lines, all": "/report-lines?limit=200",
    "report lines, a project": "/report-lines?project=B-000099",
    "report lines, a county's year": f"/report-lines?region={COUNTY}&first_month=2012-01&last_month=2012-12",
    "report lines, a city's month": f"/report-lines?region={CITY}&first_month=2012-11&last_month=2012-11",
    "reports": "/reports?first_month=2012-01&limit=200",
}
"""Pages that a clerk asks for; {order} stands for a cursor some pages behind the first of that order."""
_SCOPES = ("", f"&region={CITY}", f"&region={CITY}&text={quote('医药')}")
"""What each order is asked for: everything, a city, a text in it."""
_WAYS = ("false", "true")


async def lists(system: System, report: Report, *, projects: int, asks: int, rate: float) -> None:
    """Every kind of page `asks` times at a steady rate through the gateway; each with its p50 and p99."""
    regions = [f"3501{number:02d}" for number in (2, 3, 4, 5, 11, 21, 22, 23, 24, 25, 81, 82)] + [
        "350203",
        "350212",
    ]
    began = time.perf_counter()
    await _seed(system, projects, regions)
    lines = projects * len(_MONTHS)
    report.console.print(
        f"  {projects:,} projects and {lines:,} report lines copied in {time.perf_counter() - began:.0f} s"
    )
    behind = await _further(system, system.token("province"), min(50, projects // 400))
    people = system.people("province", 50)
    slowest = 0.0
    kinds = {name: [question.format(**behind)] for name, question in _QUESTIONS.items()}
    for sort in get_args(ListProjects.model_fields["sort"].annotation):
        pages = [f"/projects?sort={sort}&descending={way}{scope}" for scope in _SCOPES for way in _WAYS]
        kinds[f"by {sort}, both ways, all and in a city"] = pages
    for name, pages in kinds.items():
        requests = [
            gateway_request("GET", path, people[number % len(people)])
            for number, path in enumerate(islice(cycle(pages), asks))
        ]
        first = max(5, len(pages))
        took = await steady(system.local.urls.gateway, requests[:first] + requests, rate, 8)
        took = took[first:]  # the first of a kind are planned and read from the disk
        worst = percentile(took, 99) * 1e3
        slowest = max(slowest, worst)
        note = f"(p50 {percentile(took, 50) * 1e3:.0f} ms)"
        report.add(Row(f"list, {name}: p99", worst, "ms", 100, None, "less", note))
    note = f"({projects:,} projects, {lines:,} report lines, {len(kinds)} kinds of page)"
    report.add(Row("the slowest kind of page: p99", slowest, "ms", 100, None, "less", note))


async def imported(system: System, report: Report, *, rows: int) -> None:
    """A file of new projects: sent, checked, carried out as a whole. The rate is over all of it."""
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
    note = (
        f"({rows:,} rows; sent and checked at {rows / (checked - began):,.0f}, "
        f"carried out as a whole at {rows / (ended - checked):,.0f} rows/s)"
    )
    report.add(
        Row("import, sent, checked and run", rows / (ended - began), "rows/s", 500, None, "more", note)
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


async def _further(system: System, token: str, pages: int) -> dict[str, str]:
    """Cursors so many pages behind the first, by order."""
    connection, found = Connection(system.local.urls.gateway), {}
    for sort in ("project", "total_investment"):
        path = f"/projects?limit=200&sort={sort}{'' if sort == 'project' else '&descending=true'}"
        cursor = ""
        for _ in range(pages):
            page = json.loads((await query(connection, path + cursor, token)).body)
            found[sort] = page["next_cursor"]
            cursor = f"&cursor={found[sort]}"
    connection.close()
    return found


async def _seed(system: System, projects: int, regions: Sequence[str]) -> None:
    """What years of work would have left in the tables."""
    made = random.Random(_SEED)
    first = date(2011, 1, 1)
    db = await asyncpg.connect(system.admin_url.rsplit("/", 1)[0] + "/projects")
    try:
        rows: list[tuple[Any, ...]] = []
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
            for month in _MONTHS
        ]
        await db.copy_records_to_table(
            "monthly_report",
            records=reports,
            columns=[
                *("region", "month", "investment", "projects", "due_on", "reported_on"),
                *("late", "corrections", "last_reported_on"),
            ],
        )
        for month in _MONTHS:
            lines = [
                (
                    month,
                    row[0],
                    row[2][:4] + "00",
                    row[2],
                    made.randrange(1, 5_000) * 10_000,
                    35,
                    "设备安装中",
                )
                for row in rows
            ]
            names = ("month", "project", "city", "region", "investment", "progress_percent", "note")
            await db.copy_records_to_table("report_line", records=lines, columns=names)
        await db.execute("""
            INSERT INTO report_line_sum (month, city, region, lines, investment)
            SELECT month, city, region, count(*), sum(investment) FROM report_line
            GROUP BY month, city, region
        """)
        for table in ("project", "report_line", "report_line_sum", "monthly_report"):
            await db.execute(f"VACUUM ANALYZE {table}")  # as the server would by itself, in its time
    finally:
        await db.close()
