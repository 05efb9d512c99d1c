"""The inline tables hold nothing that the log doesn't: replayed into an empty database they come out the same."""

import msgspec
from sqlalchemy import select

from services.energy import tables
from services.energy.app import inline
from services.energy.events import CATALOGUE
from tests.component.energy.conftest import OPS, PROVINCE, Service, local
from tests.conftest import DatabaseFactory


async def test_the_tables_are_rebuilt_from_the_log(mill: Service, database: DatabaseFactory) -> None:
    await _live_through_a_lot(mill)
    fresh = (await database("energy")).engine()
    try:
        async with fresh.begin() as conn:
            for event in await mill.events():
                await inline.apply(conn, [CATALOGUE.decode(event)], event.recorded_at)
        async with fresh.connect() as rebuilt, mill.engine.connect() as original:
            for table in tables.metadata.sorted_tables:
                ordered = select(table).order_by(*table.primary_key)
                here = (await original.execute(ordered)).all()
                assert here, f"{table.name} is empty: nothing is shown"
                there = (await rebuilt.execute(ordered)).all()
                assert msgspec.to_builtins([tuple(row) for row in there]) == msgspec.to_builtins(
                    [tuple(row) for row in here]
                ), table.name
    finally:
        await fresh.dispose()


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
    await mill.flusher.flush()
    await mill.watch.sweep()
    mill.clock.set(local("2013-01-16 12:00"))
    await mill.watch.sweep()
