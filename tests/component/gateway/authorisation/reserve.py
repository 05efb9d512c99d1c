"""The reserve library (储备库)."""

from tests.component.gateway.authorisation.base import Ask, Sample, of_county, same
from tests.component.gateway.world import World
from tests.kit.portal import ok

TABLE = """
#                                         province ops city city' county county' enterprise enterprise'
GET  /reserve                                  200 200  200   403    200     403        403         403
GET  /reserve/drops                            200 200  200   403    200     403        403         403
GET  /reserve/summary                          200 200  200   403    200     403        403         403
POST /projects/{project}/reserve-updates       201 403  201   404    201     404        403         403
POST /projects/{project}/screenings            201 403  201   404    201     404        403         403
"""


async def _in_reserve(world: World) -> str:
    """A project in its county's reserve library."""
    made = await world.new_project()
    stay = {"register": "reserve_county", "on": "2013-02-01"}
    ok(await world.portal.city().post(f"/projects/{made}/registers", json=stay))
    return made


async def _update_reserve(world: World) -> Ask:
    body = {"register": "reserve_county", "action": "confirmed", "on": "2013-02-20"}
    return Ask({"project": await _in_reserve(world)}, body=body)


async def _screen(world: World) -> Ask:
    criteria = ("supported_field", "permits_complete", "own_funds")
    answers = [{"criterion": each, "met": True, "evidence": "示例"} for each in criteria]
    body = {"scheme": "national_special_fund", "answers": answers, "on": "2013-02-20"}
    return Ask({"project": await _in_reserve(world)}, body=body)


SAMPLES: dict[str, Sample] = {
    "GET /reserve": same(query=of_county),
    "GET /reserve/drops": same(query=of_county),
    "GET /reserve/summary": same(query=of_county),
    "POST /projects/{project}/reserve-updates": _update_reserve,
    "POST /projects/{project}/screenings": _screen,
}
