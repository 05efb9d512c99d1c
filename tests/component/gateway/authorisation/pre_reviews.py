"""The joint pre-review (联合预审)."""

from tests.component.gateway.authorisation.base import Ask, Sample, of_county, same
from tests.component.gateway.world import World
from tests.kit.portal import ok

TABLE = """
#                                               province ops city city' county county' enterprise enterprise'
GET  /pre-reviews                                    200 200  200   403    200     403        403         403
GET  /projects/{project}/pre-review                  200 200  200   404    200     404        403         403
POST /projects/{project}/pre-review                  201 403  201   404    201     404        403         403
POST /projects/{project}/pre-review/opinions         201 403  403   403    403     403        403         403
POST /projects/{project}/pre-review/conclusion       201 403  403   403    403     403        403         403
"""


async def _pre_reported(world: World) -> str:
    project = await world.new_project()
    step = {"stage": "pre_reported", "on": "2013-02-01", "evidence": "示例预报"}
    ok(await world.portal.city().post(f"/projects/{project}/stages", json=step))
    return project


async def _reviewed(world: World) -> Ask:
    return Ask({"project": await _pre_reported(world)})


async def _open_review(world: World) -> Ask:
    project = await _pre_reported(world)
    body = {"result": "returned", "reason": "缺用地意见", "evidence": "示例1号"}
    ok(await world.portal.province.post(f"/projects/{project}/pre-review/conclusion", json=body))
    return Ask({"project": project})


async def _opinion(world: World) -> Ask:
    body = {"department": "forestry_department", "view": "agrees", "evidence": "示例2号"}
    return Ask({"project": await _pre_reported(world)}, body=body)


async def _conclude_review(world: World) -> Ask:
    body = {"result": "returned", "reason": "缺环评", "evidence": "示例3号"}
    return Ask({"project": await _pre_reported(world)}, body=body)


SAMPLES: dict[str, Sample] = {
    "GET /pre-reviews": same(query=of_county),
    "GET /projects/{project}/pre-review": _reviewed,
    "POST /projects/{project}/pre-review": _open_review,
    "POST /projects/{project}/pre-review/opinions": _opinion,
    "POST /projects/{project}/pre-review/conclusion": _conclude_review,
}
