"""The inline tables hold nothing that the log doesn't: a rebuild ends in the same rows."""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.energy.service import CATALOGUE, FEATURES, INLINE, rebuild
from tests.component.energy.conftest import OPS, PROVINCE, Service, local
from tests.kit.kept_rows import check_rows_are_folded


async def _rows(engine: AsyncEngine) -> dict[str, Any]:
    async with engine.connect() as conn:
        return {
            table.name: msgspec.to_builtins(
                [tuple(row) for row in await conn.execute(select(table).order_by(*table.primary_key))]
            )
            for table in INLINE
        }


async def test_the_tables_are_rebuilt_from_the_log(mill: Service) -> None:
    await _live_through_a_lot(mill)
    before = await _rows(mill.engine)
    assert all(before.values()), "a table without rows shows nothing"
    async with mill.engine.begin() as conn:
        read = await rebuild(conn, mill.energy.log)
    assert await _rows(mill.engine) == before
    assert read == len(await mill.events())


async def test_every_row_says_what_its_stream_is_folded_to(mill: Service) -> None:
    """Of every table that is kept of states: rows are what the states say, all of them and nothing else."""
    await _live_through_a_lot(mill)
    await check_rows_are_folded(FEATURES, mill.engine, mill.energy.log, CATALOGUE)


async def _live_through_a_lot(mill: Service) -> None:
    await mill.enterprise(
        "SECOND", OPS, external_ids=[{"scheme": "org_code", "value": "DEMO00024", "valid_from": "2001-05-01"}]
    )
    await mill.ask(
        OPS,
        "assign-external-id",
        enterprise="SECOND",
        scheme="org_code",
        value="DEMO00016",
        valid_from="2013-01-10",
    )
    await mill.ask(
        OPS, "change-enterprise", enterprise="SECOND", region="350203", valid_from="2013-01-12", reason="搬迁"
    )
    await mill.ask(
        PROVINCE,
        "designate-key-users",
        year=2013,
        basis="equal",
        source="修订",
        enterprises=[{"enterprise": "MILL", "tce": "11000"}],
        revision_reason="停产",
    )
    await mill.meter("M-2", OPS, calibration={"last": "2012-05-01", "next": "2014-05-01"})
    await mill.ask(
        OPS,
        "replace-meter",
        meter="M-2",
        at="2013-01-10T00:00:00+08:00",
        serial="B2",
        old_last="10",
        new_start="0",
        reason="x",
    )
    await mill.ask(OPS, "assign-meter-alias", meter="M-2", alias="一号/表02", reason="x")
    await mill.ask(
        OPS, "correct-meter-change", meter="M-2", at="2013-01-10T00:00:00+08:00", new_start="1", reason="x"
    )
    await mill.ask(OPS, "retire-meter", meter="M-2", at="2013-01-12T00:00:00+08:00", reason="x")
    await mill.day_of_readings("2013-01-14", 1000, 25, received="2013-01-14 23:59")
    await mill.flusher.sweep()
    await mill.watch.sweep()
    mill.clock.set(local("2013-01-16 12:00"))
    await mill.watch.sweep()
