"""How good and how fast suggestions are: precision@5 on the labelled set, and the time among 20,000 results.

`python -m bench.suggest [RESULTS] [ASKS]`: the projects service's own operations on a real PostgreSQL in a temporary
folder, without the gateway; `python -m bench --only suggest` asks through the gateway too. The results are put into the
inline tables as their events would be; the texts are those of the labelled set, each title with each other's summary:
words are as common as they are there.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import quantiles
from typing import Any
from uuid import uuid4

import msgspec
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.balance import percentile
from bench.matching import (
    Labelled,
    agreement,
    halves,
    held_out,
    labelled,
    precision_at_5,
    register_all,
    second_hand,
    suggested_by_keywords,
    together,
)
from bench.portal import steady
from bench.report import Report, Row
from bench.system import System, command, gateway_request
from clients.line import Connection
from deploy.databases import for_sqlalchemy, with_database
from plans.loader import load_plan
from services.projects.matching.listings.facts import (
    INITIAL,
    ListingRegistered,
    ListingState,
    MeetingPoint,
    Side,
    Terms,
    evolve,
)
from services.projects.matching.listings.feature import HISTORY
from services.projects.service import app_on, serve
from shared.clock import SteppedClock
from shared.database import runtime_engine
from shared.event_log import EventLog
from shared.identity import Actor
from shared.kept import write
from shared.problems import Problem
from shared.rpc import Call, Operations
from shared.service import Service
from tests.kit.servers import TestCluster

_PROVINCE = Actor("bench", "province", "350000")
_DAY = date(2013, 6, 18)
_BATCH = 1000
_LISTINGS = "/matching/listings"


@dataclass(frozen=True, slots=True)
class Projects:
    """The projects service without a network."""

    app: Service
    operations: Operations

    async def call(self, operation: str, **body: object) -> Mapping[str, Any]:
        """The data of an operation's answer. Raises Problem."""
        call = Call(uuid4().hex, _PROVINCE, operation, body)
        reply = msgspec.json.decode(await self.operations.answer(call.encode()))
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        data: Mapping[str, Any] = reply["data"]
        return data


@asynccontextmanager
async def serving() -> AsyncIterator[Projects]:
    """The service with the plan loaded, on 18 June 2013."""
    async with TestCluster.running() as cluster:
        database = await cluster.clone("projects")
        engine = runtime_engine(database.url, application="bench", pool=4)
        clock = SteppedClock(datetime(2013, 6, 18, 2, tzinfo=UTC))
        app = app_on(engine, EventLog(clock), clock)
        projects = Projects(app, serve(app))
        await projects.call("load-plan", **load_plan("fujian-2013").parts()["projects"])
        yield projects
        await engine.dispose()


async def suggestions(report: Report, results: int = 20_000, asks: int = 300) -> None:
    """Measure both; the figures go into the report."""
    data = labelled()
    async with serving() as projects:
        await _precision(report, projects)
        began = time.perf_counter()
        await _fill(projects.app.engine, data, results - len(data.results))
        rate = (results - len(data.results)) / (time.perf_counter() - began)
        report.add(Row("suggest: listings indexed", rate, "listings/s"))
        times = []
        for number in range(asks):
            began = time.perf_counter()
            await projects.call("suggest", listing=data.needs[number % len(data.needs)].need)
            times.append((time.perf_counter() - began) * 1e3)
        cuts = quantiles(times, n=100)
        told = f"(p50 {cuts[49]:.0f} ms)"
        report.add(Row(f"suggest among {results} results: p99", cuts[98], "ms", 300, None, "less", note=told))


async def _precision(report: Report, projects: Projects) -> None:
    """precision@5 by each hand's answers and on the held-out needs, beside plain keywords and the best there can be."""
    every, first, second = together(), labelled(), second_hand()
    await register_all(every, projects.call)
    suggested = {}
    for need in every.needs:
        answer = await projects.call("suggest", listing=need.need, limit=5)
        suggested[need.need] = [item["listing"] for item in answer["items"]]
    plain = suggested_by_keywords(every)
    open_half, sealed_half = halves(held_out())
    for name, data in (
        ("labelled set, first hand", first),
        ("labelled set, second hand", second),
        ("held-out needs", held_out()),
        ("held-out needs, open half", open_half),
        ("held-out needs, sealed half", sealed_half),
    ):
        found, keywords = precision_at_5(data, suggested), precision_at_5(data, plain)
        told = f"({found / data.ceiling:.0%} of {data.ceiling:.3f} at best; plain keywords {keywords:.3f})"
        floor = 2 * keywords if data in (first, second) else None
        report.add(Row(f"suggest: precision@5, {name}", found, "", floor, note=told))
    agreed = agreement(first, second)
    confirmed, foreseen = (
        f"{agreed.confirmed:.0%} of the first's answers",
        f"{agreed.foreseen:.0%} of its own",
    )
    told = f"(the second confirms {confirmed}; the first had {foreseen})"
    report.add(Row("labels: Cohen's kappa of the two hands", agreed.kappa, "", note=told))


async def through_gateway(system: System, report: Report, results: int, asks: int, rate: float = 4.0) -> None:
    """The same questions as a portal asks them, at a steady rate."""
    data = labelled()
    connection, token = Connection(system.local.urls.gateway), system.token("province")

    async def call(_operation: str, **body: object) -> Any:
        return await command(connection, _LISTINGS, token, body)

    await register_all(data, call)
    engine = create_async_engine(for_sqlalchemy(with_database(system.admin_url, "projects")))
    await _fill(engine, data, results - len(data.results))
    await engine.dispose()
    people = system.people("province", 50)
    requests = [
        gateway_request(
            "GET", f"{_LISTINGS}/{data.needs[number % len(data.needs)].need}/suggestions", people[number % 50]
        )
        for number in range(asks)
    ]
    took = await steady(system.local.urls.gateway, requests, rate, 8)
    told = f"(at {rate:.0f}/s; p50 {percentile(took, 50) * 1e3:.0f} ms)"
    worst = percentile(took, 99) * 1e3
    report.add(
        Row(
            f"suggest among {results} results, through the gateway: p99", worst, "ms", 300, None, "less", told
        )
    )


async def _fill(engine: AsyncEngine, data: Labelled, many: int) -> None:
    """So many more results, each of one result's title and another's summary."""
    size = len(data.results)
    for first in range(0, many, _BATCH):
        states: list[tuple[ListingState, ListingState]] = []
        for number in range(first, min(first + _BATCH, many)):
            title, other = data.results[number % size], data.results[(number * 7 + number // size) % size]
            terms = Terms(
                f"{title.title}（{number}号）",
                other.summary,
                _DAY,
                industries=(title.industry,) if title.industry else (),
            )
            registered = ListingRegistered(
                listing=f"X-{number:05d}",
                meeting=MeetingPoint.TECHNOLOGY,
                side=Side.OFFER,
                region="350000",
                party=f"示例研究院{number % 50}",
                terms=terms,
                registered_on=_DAY,
            )
            states.append((INITIAL, evolve(INITIAL, registered)))
        async with engine.begin() as conn:
            await write(conn, HISTORY.tables, states)


async def main(results: int, asks: int) -> None:
    """The command line's."""
    await suggestions(Report(Console()), results, asks)


if __name__ == "__main__":
    asyncio.run(main(*(int(each) for each in (*sys.argv[1:], *("20000", "300")[len(sys.argv) - 1 :]))))
