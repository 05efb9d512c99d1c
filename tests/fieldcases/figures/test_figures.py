"""Faults found in use, as what was reported and what the figures say: every JSON file beside this is a case."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.loader import load_plan
from services.progress.common import rules
from services.progress.common.periods import When
from services.progress.measures import catalogue
from services.progress.measures.figure import Figure
from services.progress.measures.store import versions
from services.progress.measures.store.known import load
from services.progress.measures.store.setting import Settings
from services.progress.projection.apply import apply
from shared.envelope import Envelope
from tests.kit.servers import Database

CASES = sorted(Path(__file__).parent.glob("*.json"))
PUBLISHED = "2013-01-27T09:00"


def moment(text: str) -> datetime:
    """A moment of the plan's time (+08:00)."""
    return datetime.fromisoformat(f"{text}:00+08:00" if "T" in text else f"{text}T09:00:00+08:00").astimezone(
        UTC
    )


class Log:
    """The events of each source as they would come from its stream."""

    def __init__(self) -> None:
        self.sources: dict[str, list[Envelope]] = {}

    def add(self, source: str, type_name: str, at: str, data: dict[str, Any]) -> None:
        """One event, recorded and occurred at `at`."""
        log = self.sources.setdefault(source, [])
        position = len(log) + 1
        digest = sha256(f"{source}{position}{json.dumps(data)}".encode()).hexdigest()
        log.append(
            Envelope(
                specversion="1.0",
                id=f"{position}-{digest[:16]}",
                source=source,
                type=type_name,
                subject="stream",
                time=moment(at),
                datacontenttype="application/json",
                schemaversion=1,
                sequence=position,
                streamversion=position,
                recordedtime=moment(at),
                hash=digest,
                previoushash=log[-1].hash if log else "",
                simulated=False,
                data=data,
            )
        )

    def plan(self) -> None:
        """The plan of 2013: header, regions, all targets."""
        part = load_plan("fujian-2013").parts()["assessment"]
        names = ("plan", "title", "issuer", "issued_on", "year", "source", "programmes")
        self.add("assessment", "PlanPublished", PUBLISHED, {name: part[name] for name in names})
        regions = {"plan": part["plan"], "regions": part["regions"]}
        self.add("assessment", "RegionsDefined", PUBLISHED, regions)
        for target in part["targets"]:
            data = {"plan": part["plan"], **target, "origin": "publication"}
            self.add("assessment", "TargetSet", PUBLISHED, data)


def filled(type_name: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a case leaves out because it doesn't matter to it."""
    if type_name in ("ProjectRegistered", "ProjectChanged"):
        usual = {"total_investment": "100000000", "programmes": [], "tags": [], "region": "350181"}
        return {**usual, "planned_on": data.get("registered_on"), **data}
    return data


async def figures_at(engine: AsyncEngine, at: str) -> dict[str, Figure]:
    """Every figure as it was known at a moment, by its target."""
    when = moment(at)
    async with engine.connect() as conn:
        asked = [When.past(when)]
        [facts] = await load(conn, rules.load(), asked, plan="fujian-2013", settings=Settings())
    return {
        figure.id.removeprefix("fujian-2013/"): figure
        for figure in catalogue.figures(facts, rules.load(), when)
    }


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
async def test_figures(case: Path, database: Callable[[str], Awaitable[Database]]) -> None:
    told = json.loads(case.read_text())
    log = Log()
    log.plan()
    for event in told["events"]:
        log.add(event["source"], event["type"], event["at"], filled(event["type"], event["data"]))
    made = await database("progress")
    engine = versions.open_engine(made.url, 1, application="test", pool=1)
    try:
        for envelopes in log.sources.values():
            async with engine.begin() as conn:
                await apply(conn, envelopes)
        for asked in told["figures"]:
            figure = (await figures_at(engine, asked["at"]))[asked["figure"]]
            for name, right in asked["is"].items():
                said = getattr(figure, name)
                if isinstance(said, Decimal):
                    said = str(round(said, 4).normalize())
                    said = f"{Decimal(said):f}"
                said = dict(said) if name == "counts" else getattr(said, "value", said)
                assert said == right, f"{asked['figure']}.{name} at {asked['at']}: {asked.get('why', '')}"
    finally:
        await engine.dispose()
