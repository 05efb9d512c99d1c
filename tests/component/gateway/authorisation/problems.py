"""Problems and the meetings that decide them."""

from typing import Any

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_both, same
from tests.component.gateway.world import COUNTY, World
from tests.kit.portal import ok, unique

TABLE = """
#                                     province ops city city' county county' enterprise enterprise'
GET  /problems                             200 200  200   403    200     403        200         403
POST /problems                             201 403  201   404    201     404        201         404
GET  /problems/{problem}                   200 200  200   404    200     404        200         404
POST /problems/{problem}/assignments       200 403  200   404    200     404        403         403
POST /problems/{problem}/answers           200 403  200   404    200     404        403         403
POST /problems/{problem}/major             200 403  200   404    200     404        403         403
POST /problems/{problem}/decisions         200 403  403   404    403     403        403         403
POST /problems/{problem}/closing           200 403  200   404    200     404        403         403
POST /problems/{problem}/reopening         200 403  200   404    200     404        403         403
GET  /meetings                             200 200  200   200    200     200        403         403
POST /meetings                             201 403  403   403    403     403        403         403
GET  /meetings/{meeting}                   200 200  200   200    200     200        403         403
GET  /meetings/{meeting}/pack              200 200  200   200    200     200        403         403
POST /meetings/{meeting}/agenda            200 403  403   403    403     403        403         403
POST /meetings/{meeting}/conclusion        200 403  403   403    403     403        403         403
"""


async def _new_problem(world: World, **more: Any) -> str:
    body = {"problem": unique("Q-AUTH"), "project": world.project, "kind": "land", "text": "示例", **more}
    return str(ok(await world.portal.caller("county", COUNTY).post("/problems", json=body))["problem"])


def _of_problem(**body: Any) -> Sample:
    """A step of a problem of its own."""

    async def ask(world: World) -> Ask:
        return Ask({"problem": await _new_problem(world)}, body=body)

    return ask


async def _reopen(world: World) -> Ask:
    problem = await _new_problem(world)
    body = {"resolution": "示例", "evidence": "示例"}
    ok(await world.portal.city().post(f"/problems/{problem}/closing", json=body))
    return Ask({"problem": problem}, body=REASON)


def _meeting(held_on: str) -> dict[str, Any]:
    body = {"meeting": unique("M-AUTH"), "kind": "dispatch", "name": "示例", "region": "350000"}
    return {**body, "held_on": held_on}


async def _new_meeting(world: World) -> Ask:
    return Ask(body=_meeting("2013-12-01"))


async def _some_meeting(world: World) -> Ask:
    """One for today, with an open problem that it could take."""
    await _new_problem(world, major="示例")
    body = _meeting((await world.portal.now()).date().isoformat())
    return Ask({"meeting": ok(await world.portal.province.post("/meetings", json=body))["meeting"]})


async def _conclude(world: World) -> Ask:
    ask = await _some_meeting(world)
    ok(await world.portal.province.post(f"/meetings/{ask.path['meeting']}/agenda", json={}))
    return Ask(ask.path, body={"evidence": "示例"})


async def _decide(world: World) -> Ask:
    problem, ask = await _new_problem(world, major="示例"), await _some_meeting(world)
    meeting = ask.path["meeting"]
    ok(await world.portal.province.post(f"/meetings/{meeting}/agenda", json={"problems": [problem]}))
    body = {"meeting": meeting, "decision": "示例", "owner": "示例", "due_on": "2014-12-31"}
    return Ask({"problem": problem}, body=body)


SAMPLES: dict[str, Sample] = {
    "GET /problems": same(query=of_both),
    "POST /problems": same(
        # Every caller raises the same one: that it is another is said beforehand.
        body=lambda world: {"project": world.project, "kind": "land", "text": "示例", "confirmed": True}
    ),
    "GET /problems/{problem}": _of_problem(),
    "POST /problems/{problem}/assignments": _of_problem(owner="示例", due_on="2014-12-31"),
    "POST /problems/{problem}/answers": _of_problem(answer="示例", evidence="示例"),
    "POST /problems/{problem}/major": _of_problem(**REASON),
    "POST /problems/{problem}/decisions": _decide,
    "POST /problems/{problem}/closing": _of_problem(resolution="示例", evidence="示例"),
    "POST /problems/{problem}/reopening": _reopen,
    "GET /meetings": same(),
    "POST /meetings": _new_meeting,
    "GET /meetings/{meeting}": _some_meeting,
    "GET /meetings/{meeting}/pack": _some_meeting,
    "POST /meetings/{meeting}/agenda": _some_meeting,
    "POST /meetings/{meeting}/conclusion": _conclude,
}
