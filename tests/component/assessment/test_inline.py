"""The inline tables are a function of the log: a rebuild ends in the same rows."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.assessment.designations.views import TABLE as DESIGNATION
from services.assessment.plans.targets.views import TABLE as TARGET
from services.assessment.service import CATALOGUE, FEATURES, INLINE, rebuild
from services.assessment.statistics.views import TABLE as STATISTIC
from tests.component.assessment.conftest import ENERGY, FUZHOU, OPS, PROVINCE, Service
from tests.component.assessment.test_appraisals import NOTICE, points
from tests.component.assessment.test_appraisals import OF as OF_YEAR
from tests.component.assessment.test_designations import CENTRE, OF
from tests.component.assessment.test_targets import PARTS, PINGTAN, PLAN
from tests.kit.kept_rows import check_rows_are_folded


async def rows(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    async with engine.connect() as conn:
        return {
            table.name: sorted((tuple(row) for row in await conn.execute(select(table))), key=repr)
            for table in INLINE
        }


async def busy_year(service: Service) -> None:
    """Something in every table, and something changed."""
    await service.ask(PROVINCE, "set-target", **PINGTAN)
    await service.ask(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    await service.ask(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS[1:], reason="x")
    part = {"plan": PLAN, "target": "TR-6a:350181", "value": "155", "reason": "late"}
    await service.ask(FUZHOU, "revise-target", **part)
    await service.ask(FUZHOU, "report-statistic", **ENERGY)
    await service.ask(FUZHOU, "revise-statistic", **{**ENERGY, "value": "1"}, reason="census")
    await service.ask(PROVINCE, "designate", **CENTRE)
    await service.ask(PROVINCE, "warn-designation", **OF, reason="r")
    await service.ask(PROVINCE, "designate", **{**CENTRE, "designation": "D-2", "level": "national"})
    gone = {"designation": "D-2", "evidence": "1号", "reason": "r"}
    await service.ask(PROVINCE, "withdraw-designation", **gone)
    await service.ask(PROVINCE, "open-appraisal", **{**OF_YEAR, "year": 2012})
    await service.ask(
        FUZHOU, "assess-own", **{**OF_YEAR, "year": 2012}, region="350100", items=points(), **NOTICE
    )
    fewer = {**service.plan, "regions": [r for r in service.plan["regions"] if r["code"] != "350527"]}
    await service.ask(OPS, "load-plan", **fewer, replace=True, reason="not administered")


async def test_a_rebuild_gives_identical_tables(service: Service) -> None:
    await busy_year(service)
    before = await rows(service.engine)
    assert all(before.values()), "every table must have rows, or the comparison proves nothing"
    async with service.engine.begin() as conn:
        await conn.execute(delete(TARGET).where(TARGET.c.target == "TR-6a"))
        await conn.execute(delete(STATISTIC))
        await conn.execute(delete(DESIGNATION))
    assert await rows(service.engine) != before
    async with service.engine.begin() as conn:
        read = await rebuild(conn, service.log)
    assert await rows(service.engine) == before
    assert read == len(await service.events())


async def test_the_map_is_the_newest_list_of_any_plan_in_a_rebuild_too(service: Service) -> None:
    """The older plan's history goes on behind it, with regions that aren't in force any more."""
    other = {**service.plan, "plan": "zhejiang-2013", "targets": [], "appraisal_schemes": None}
    other["regions"] = [{"code": "330000", "name": "浙江省", "level": "province"}]
    await service.ask(OPS, "load-plan", **other, over=[PLAN])
    await service.ask(PROVINCE, "revise-target", plan=PLAN, target="TR-1", value="2700", reason="later")
    before = await rows(service.engine)
    assert [row[:2] for row in before["region"]] == [("330000", "zhejiang-2013")]
    async with service.engine.begin() as conn:
        await rebuild(conn, service.log)
    assert await rows(service.engine) == before


async def test_every_row_says_what_its_stream_is_folded_to(service: Service) -> None:
    """Of every table that is kept of states: rows are what the states say, all of them and nothing else."""
    await busy_year(service)
    await check_rows_are_folded(FEATURES, service.engine, service.log, CATALOGUE)
