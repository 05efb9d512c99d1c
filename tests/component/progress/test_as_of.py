"""Every figure of the plan as of any moment, and its history, against a count that knows no entries and no database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bench import ten_years
from services.progress.common import rules
from services.progress.measures import catalogue
from services.progress.measures.figure import Figure
from services.progress.measures.store.read_model import ReadModel
from services.progress.projection.apply import apply
from services.progress.projection.readers import read
from shared.clock import SteppedClock
from shared.envelope import Envelope
from tests.kit import slow_counting
from tests.kit.servers import Database
from tests.unit.progress.builders import plan_areas, plan_targets

RULES = rules.load()
MOMENTS = [
    datetime.fromisoformat(f"{day}T{time}+08:00").astimezone(UTC)
    for day, time in (
        ("2006-05-17", "10:00"), ("2011-12-31", "23:59"), ("2013-01-28", "08:59"), ("2013-02-06", "09:00"),
        ("2013-04-01", "00:00"), ("2013-07-15", "12:00"), ("2013-10-31", "23:59"), ("2013-12-20", "21:30"),
        ("2013-12-31", "23:59"), ("2014-02-03", "12:00"),
    )
]  # fmt: skip
Told = list[tuple[Envelope, Any]]


@pytest.fixture(scope="module")
def told() -> Told:
    """Ten small years: 150 projects, 120 designations, eight key users."""
    logs = ten_years.sources(150, designations=120, key_users=8, days=40)
    return [
        (envelope, event)
        for source, said in logs.items()
        for envelope in ten_years.envelopes(source, said)
        if (event := read(envelope)) is not None
    ]


@pytest_asyncio.fixture
async def model(progress_database: Database, told: Told) -> AsyncIterator[ReadModel]:
    """Progress's read-model of them."""
    model = ReadModel(
        progress_database.url,
        SteppedClock(datetime(2015, 1, 1, tzinfo=UTC)),
        RULES,
        application="test",
        pool=2,
    )
    # Without the time limits of a service's connections: the machine may be busy.
    engine = create_async_engine(progress_database.url)
    async with engine.connect() as conn:
        await model.open(conn)
    async with engine.begin() as conn:
        await conn.execute(text(f"SET LOCAL search_path = progress_v{model.version}"))
        for source in ("assessment", "projects", "energy"):
            await apply(conn, [envelope for envelope, _ in told if envelope.source == source])
    await engine.dispose()
    yield model
    await model.close()


def comparable(figure: Figure) -> Figure:
    """Without the freshness of what is counted: the slow count doesn't keep it."""
    return replace(figure, fresh_at=None)


async def test_every_figure_as_of_any_moment_is_what_a_slow_count_says(model: ReadModel, told: Told) -> None:
    valued: set[str] = set()
    for moment in MOMENTS:
        snapshot = await model.snapshot(moment)
        known = slow_counting.known_at(moment, told, plan_areas(), list(plan_targets().values()), RULES)
        slow = catalogue.figures(known, RULES, moment)
        assert [each.id for each in snapshot.figures] == [each.id for each in slow]
        for fast, right in zip(snapshot.figures, slow, strict=True):
            assert comparable(fast) == comparable(right), (moment, fast.id)
            if fast.value:
                valued.add(fast.target)
    assert len(valued) > 30, "a world in which nothing counts shows nothing"


async def test_a_history_is_what_a_slow_count_says_at_each_of_its_moments(
    model: ReadModel, told: Told
) -> None:
    """In one pass; TR-11 is a union, PM-2 a cohort's rate, TR-16 a minimum of units, IN-1 and DI-5 count things."""
    right = {}
    for moment in MOMENTS:
        known = slow_counting.known_at(moment, told, plan_areas(), list(plan_targets().values()), RULES)
        right[moment] = {figure.id: figure for figure in catalogue.figures(known, RULES, moment)}
    for target in plan_targets().values():
        history = await model.history(MOMENTS, "fujian-2013", target.target, None)
        assert [each.as_of for each in history] == MOMENTS
        for figure in history:
            other = right[figure.as_of][figure.id]
            for name in (
                "value",
                "target_value",
                "completion",
                "pro_rata",
                "gap_points",
                "light",
                "rank",
                "met",
            ):
                assert getattr(figure, name) == getattr(other, name), (figure.id, figure.as_of, name)
