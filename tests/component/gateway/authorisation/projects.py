"""Projects, their stages and registers."""

from itertools import count

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_both, of_county, same
from tests.component.gateway.world import World, project
from tests.kit.portal import ok, unique

TABLE = """
#                                            province ops city city' county county' enterprise enterprise'
GET  /projects                                    200 200  200   403    200     403        200         403
POST /projects                                    201 403  201   403    201     403        403         403
GET  /projects/{project}                          200 200  200   404    200     404        200         404
POST /projects/{project}/stages                   201 403  201   404    201     404        403         403
POST /projects/{project}/stages/corrections       200 403  200   404    200     404        403         403
POST /projects/{project}/registers                201 403  201   404    403     404        403         403
POST /projects/{project}/registers/leave          200 403  200   404    403     404        403         403
POST /projects/{project}/energy-savings           201 403  201   404    201     404        403         403
POST /projects/{project}/energy-savings/verification 201 403  403   403    403     403        403         403
POST /projects/{project}/changes                  200 403  200   404    200     404        403         403
GET  /project-counts                              200 200  200   403    200     403        403         403
GET  /project-counts/{by}                         200 200  200   403    200     403        403         403
GET  /registers/{register}/acceptance             200 200  200   403    200     403        403         403
"""

_amounts = count(1)


async def _reach_stage(world: World) -> Ask:
    body = {"stage": "filed", "on": "2013-01-20", "evidence": "示例备案"}
    return Ask({"project": await world.new_project()}, body=body)


async def _correct_stage(world: World) -> Ask:
    ask = await _reach_stage(world)
    ok(await world.portal.city().post(f"/projects/{ask.path['project']}/stages", json=ask.body))
    return Ask(
        ask.path, body={"step": 2, "stage": "approved", "on": "2013-01-21", "evidence": "示例", **REASON}
    )


async def _join(world: World) -> Ask:
    return Ask({"project": await world.new_project()}, body={"register": "city_key", "on": "2013-02-01"})


async def _leave(world: World) -> Ask:
    ask = await _join(world)
    ok(await world.portal.city().post(f"/projects/{ask.path['project']}/registers", json=ask.body))
    return Ask(ask.path, body={"register": "city_key", "on": "2013-02-20", **REASON})


async def _change_project(world: World) -> Ask:
    body = {"total_investment": str(120_000_000 + next(_amounts)), **REASON}
    return Ask({"project": await world.new_project()}, body=body)


_SAVING = {"tce": "4000", "basis": "示例", "evidence": "示例"}


async def _expect_saving(world: World) -> Ask:
    return Ask({"project": await world.new_project()}, body=_SAVING)


async def _verify_saving(world: World) -> Ask:
    made = await world.new_project()
    for number, stage in enumerate(("filed", "started", "partly_producing"), start=20):
        step = {"stage": stage, "on": f"2013-02-{number}", "evidence": "示例"}
        ok(await world.portal.city().post(f"/projects/{made}/stages", json=step))
    return Ask({"project": made}, body={**_SAVING, "verified_by": "示例"})


SAMPLES: dict[str, Sample] = {
    "GET /projects": same(query=of_both),
    "POST /projects": same(body=lambda world: project(unique("P-AUTH"), world.home)),
    "GET /projects/{project}": same(lambda world: {"project": world.project}),
    "POST /projects/{project}/stages": _reach_stage,
    "POST /projects/{project}/stages/corrections": _correct_stage,
    "POST /projects/{project}/registers": _join,
    "POST /projects/{project}/registers/leave": _leave,
    "POST /projects/{project}/energy-savings": _expect_saving,
    "POST /projects/{project}/energy-savings/verification": _verify_saving,
    "POST /projects/{project}/changes": _change_project,
    "GET /project-counts/{by}": same(
        lambda _: {"by": "city"},
        query=lambda world: {**of_county(world), "first_day": "2013-01-01", "last_day": "2013-03-31"},
    ),
    "GET /project-counts": same(
        query=lambda world: {**of_county(world), "first_day": "2013-01-01", "last_day": "2013-03-31"}
    ),
    "GET /registers/{register}/acceptance": same(lambda _: {"register": "national_plan"}, of_county),
}
