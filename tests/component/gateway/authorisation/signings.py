"""Cohorts of signed projects and signing ceremonies (签约)."""

from typing import Any

from tests.component.gateway.authorisation.base import Ask, Sample, of_county, same
from tests.component.gateway.world import COUNTY, World, project
from tests.kit.portal import ok, unique

TABLE = """
#                                                     province ops city city' county county' enterprise enterprise'
GET  /cohorts/{investor_kind}/{year}                       200 200  200   403    200     403        403         403
GET  /cohorts/{investor_kind}/{year}/members               200 200  200   403    200     403        403         403
POST /cohorts/{investor_kind}/{year}                       201 403  403   403    403     403        403         403
GET  /ceremonies/{ceremony}                                200 200  200   200    200     200        403         403
GET  /ceremonies/{ceremony}/guests                         200 200  200   403    200     403        403         403
POST /ceremonies/{ceremony}/guests                         201 403  201   403    201     403        403         403
POST /ceremonies/{ceremony}/guests/{firm}/answer           201 403  201   404    201     404        403         403
GET  /ceremonies/{ceremony}/signings                       200 200  200   403    200     403        403         403
POST /ceremonies/{ceremony}/signings/{project}             201 403  201   404    201     404        403         403
POST /ceremonies/{ceremony}/signings/{project}/audit       200 403  403   403    403     403        403         403
"""


def _investor() -> dict[str, Any]:
    return {"kind": "private", "name": "示例集团", "origin": "330000"}


async def _recommend(world: World) -> Ask:
    history = [
        {"stage": "pre_reported", "on": "2013-02-01", "evidence": "示例"},
        {"stage": "pre_reviewed", "on": "2013-02-10", "evidence": "示例"},
        {"stage": "negotiating", "on": "2013-02-12", "evidence": "示例"},
    ]
    body = project(unique("P-SIGN"), world.home) | {"history": history, "investor": _investor()}
    made = ok(await world.portal.city().post("/projects", json=body))
    return Ask(
        {"ceremony": "618-2013", "project": made["project"]},
        body={"contract": "contract_signed", "amount": "120000000"},
    )


async def _close_cohort(world: World) -> Ask:
    history = [
        {"stage": "negotiating", "on": "2012-05-02", "evidence": "示例"},
        {"stage": "contract_signed", "on": "2012-06-18", "evidence": "示例", "amount": "120000000"},
    ]
    body = project(unique("P-2012"), world.home)
    body |= {"planned_on": "2012-01-10", "history": history, "investor": _investor()}
    ok(await world.portal.city().post("/projects", json=body))
    return Ask({"investor_kind": "private", "year": 2012})


def _firm() -> dict[str, Any]:
    """The body that invites a key firm of Fuqing."""
    return {"firm": unique("F-SIGN"), "name": "示例集团", "region": COUNTY}


async def _answer(world: World) -> Ask:
    firm = _firm()
    ok(await world.portal.city().post("/ceremonies/618-2013/guests", json=firm))
    return Ask({"ceremony": "618-2013", "firm": firm["firm"]}, body={"attends": True})


async def _audit(world: World) -> Ask:
    ask = await _recommend(world)
    ok(await world.portal.city().post(f"/ceremonies/618-2013/signings/{ask.path['project']}", json=ask.body))
    return Ask(ask.path, body={"approved": True})


SAMPLES: dict[str, Sample] = {
    "GET /cohorts/{investor_kind}/{year}": same(
        lambda _: {"investor_kind": "private", "year": 2012}, of_county
    ),
    "GET /cohorts/{investor_kind}/{year}/members": same(
        lambda _: {"investor_kind": "private", "year": 2012}, of_county
    ),
    "POST /cohorts/{investor_kind}/{year}": _close_cohort,
    "GET /ceremonies/{ceremony}": same(lambda _: {"ceremony": "618-2013"}),
    "GET /ceremonies/{ceremony}/guests": same(lambda _: {"ceremony": "618-2013"}, of_county),
    "POST /ceremonies/{ceremony}/guests": same(lambda _: {"ceremony": "618-2013"}, body=lambda _: _firm()),
    "POST /ceremonies/{ceremony}/guests/{firm}/answer": _answer,
    "GET /ceremonies/{ceremony}/signings": same(lambda _: {"ceremony": "618-2013"}, of_county),
    "POST /ceremonies/{ceremony}/signings/{project}": _recommend,
    "POST /ceremonies/{ceremony}/signings/{project}/audit": _audit,
}
