"""Who may do what, by hand: one line per route, one column per caller; and a valid request for each route.

Every request is about things of Fuqing (350181) or its city Fuzhou (350100). `city`, `county` and `enterprise` are
those it belongs to; a stroke marks one from elsewhere: Xiamen, its district Tong'an, an enterprise there. 404 hides
from a caller that a thing exists; 403 says that a role or a named region isn't theirs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx

from plans.loader import load_plan
from services.energy.domain.identifiers import organisation_check_digit
from tests.component.gateway.world import (
    CITY,
    COUNTY,
    OTHER_CITY,
    OTHER_COUNTY,
    World,
    listing,
    meter,
    project,
    statistic,
)
from tests.kit.people import acting_person
from tests.kit.portal import PLAN, ok, unique
from tests.kit.servers import wait_for

CALLERS = ("province", "ops", "city", "city'", "county", "county'", "enterprise", "enterprise'")

TABLE = """
#                                                    province ops city city' county county' enterprise enterprise'
GET  /progress/board                                      200 200  200   200    200     200        200         200
GET  /progress/figures                                    200 200  200   200    200     200        200         200
GET  /progress/figures/{target}                           200 200  200   200    200     200        200         404
GET  /progress/figures/{target}/evidence                  200 200  200   403    200     403        200         404
GET  /progress/targets                                    200 200  200   200    200     200        200         200
GET  /progress/stream                                     200 200  200   200    200     200        200         200
GET  /clock                                               200 200  200   200    200     200        200         200
POST /clock                                               403 200  403   403    403     403        403         403
GET  /plans                                               200 200  200   200    200     200        200         200
POST /plans/{plan}                                        201 201  403   403    403     403        403         403
GET  /plans/{plan}                                        200 200  200   200    200     200        200         200
POST /plans/{plan}/duties                                 201 201  403   403    403     403        403         403
POST /plans/{plan}/reference-data                         201 201  403   403    403     403        403         403
GET  /regions                                             200 200  200   200    200     200        200         200
GET  /regions/{region}                                    200 200  200   200    200     200        200         200
GET  /targets                                             200 200  200   403    200     403        403         403
POST /plans/{plan}/targets                                201 403  403   403    403     403        403         403
GET  /plans/{plan}/targets/{target}                       200 200  200   404    404     404        404         404
POST /plans/{plan}/targets/{target}/revisions             200 403  403   403    403     403        403         403
POST /plans/{plan}/targets/{target}/parts                 200 403  200   403    403     403        403         403
GET  /statistics/indicators                               200 200  200   200    200     200        200         200
GET  /statistics                                          200 200  200   403    200     403        403         403
POST /statistics                                          201 403  201   403    403     403        403         403
GET  /statistics/{indicator}/{region}/{period}            200 200  200   404    404     404        404         404
POST /statistics/{indicator}/{region}/{period}/revisions  200 403  200   403    403     403        403         403
GET  /people/{reference}                                  403 200  403   403    403     403        403         403
DELETE /people/{reference}                                403 200  403   403    403     403        403         403
GET  /projects                                            200 200  200   403    200     403        200         403
POST /projects                                            201 403  201   403    201     403        403         403
GET  /projects/{project}                                  200 200  200   404    200     404        200         404
POST /projects/{project}/stages                           201 403  201   404    201     404        403         403
POST /projects/{project}/stages/corrections               200 403  200   404    200     404        403         403
POST /projects/{project}/registers                        201 403  201   404    403     404        403         403
POST /projects/{project}/registers/leave                  200 403  200   404    403     404        403         403
POST /projects/{project}/changes                          200 403  200   404    200     404        403         403
GET  /project-counts                                      200 200  200   403    200     403        403         403
GET  /registers/{register}/acceptance                     200 200  200   403    200     403        403         403
GET  /cohorts/{investor_kind}/{year}                      200 200  200   403    200     403        403         403
POST /cohorts/{investor_kind}/{year}                      201 403  403   403    403     403        403         403
GET  /pre-reviews                                         200 200  200   403    200     403        403         403
GET  /projects/{project}/pre-review                       200 200  200   404    200     404        403         403
POST /projects/{project}/pre-review                       201 403  201   404    201     404        403         403
POST /projects/{project}/pre-review/opinions              201 403  403   403    403     403        403         403
POST /projects/{project}/pre-review/conclusion            201 403  403   403    403     403        403         403
GET  /ceremonies/{ceremony}/signings                      200 200  200   403    200     403        403         403
POST /ceremonies/{ceremony}/signings/{project}            201 403  201   404    201     404        403         403
POST /ceremonies/{ceremony}/signings/{project}/audit      200 403  403   403    403     403        403         403
GET  /reports                                             200 200  200   403    403     403        403         403
POST /reports                                             403 403  201   403    403     403        403         403
GET  /reports/calendar                                    200 200  200   403    403     403        403         403
GET  /reports/{region}/{month}                            200 200  200   403    403     403        403         403
POST /reports/{region}/{month}/corrections                403 403  200   403    403     403        403         403
GET  /problems                                            200 200  200   403    200     403        200         403
POST /problems                                            201 403  201   404    201     404        201         404
GET  /problems/{problem}                                  200 200  200   404    200     404        200         404
POST /problems/{problem}/assignments                      200 403  200   404    200     404        403         403
POST /problems/{problem}/answers                          200 403  200   404    200     404        403         403
POST /problems/{problem}/major                            200 403  200   404    200     404        403         403
POST /problems/{problem}/decisions                        200 403  403   404    403     403        403         403
POST /problems/{problem}/closing                          200 403  200   404    200     404        403         403
POST /problems/{problem}/reopening                        200 403  200   404    200     404        403         403
GET  /meetings                                            200 200  200   200    200     200        403         403
POST /meetings                                            201 403  403   403    403     403        403         403
GET  /meetings/{meeting}                                  200 200  200   200    200     200        403         403
GET  /meetings/{meeting}/pack                             200 200  200   200    200     200        403         403
POST /meetings/{meeting}/agenda                           200 403  403   403    403     403        403         403
POST /meetings/{meeting}/conclusion                       200 403  403   403    403     403        403         403
GET  /duties                                              200 200  200   200    200     200        403         403
GET  /duties/calendar                                     200 200  200   403    403     403        403         403
GET  /duties/{duty}/{region}                              200 200  200   403    403     403        403         403
POST /duties/{duty}/receipts                              403 403  201   403    403     403        403         403
POST /duties/{duty}/waivers                               201 403  403   403    403     403        403         403
POST /duties/{duty}/withdrawals                           200 403  200   403    403     403        403         403
POST /duties/{duty}/days                                  201 201  403   403    403     403        403         403
GET  /funds                                               200 200  200   200    200     200        200         200
POST /funds                                               201 403  201   403    403     403        403         403
GET  /funds/{fund}                                        200 200  200   200    200     200        200         200
GET  /funds/{fund}/ledger                                 200 200  200   403    403     403        403         403
POST /funds/{fund}/appropriations                         403 403  201   403    403     403        403         403
POST /funds/{fund}/terms                                  403 403  200   403    403     403        403         403
POST /funds/{fund}/applications                           201 403  201   404    201     404        403         403
GET  /funds/{fund}/applications/{application}             200 200  200   404    200     404        200         404
POST /funds/{fund}/applications/{application}/assessments  403 403 200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/reservations 403 403 200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/commitments 403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/payments    403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/releases    403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/recoveries  403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/closing     403 403  200   403    403     403        403         403
GET  /subsidies                                           200 200  200   403    200     403        200         403
GET  /matching/figures                                    200 200  200   403    200     403        403         403
GET  /matching/listings                                   200 200  200   403    200     403        200         403
POST /matching/listings                                   201 403  201   403    201     403        201         403
GET  /matching/listings/{listing}                         200 200  200   404    200     404        200         404
POST /matching/listings/{listing}/revisions               200 403  200   404    200     404        200         404
POST /matching/listings/{listing}/withdrawal              200 403  200   404    200     404        200         404
GET  /matching/listings/{listing}/suggestions             200 200  200   404    200     404        200         404
GET  /matching/matches                                    200 200  200   403    200     403        403         403
POST /matching/matches                                    201 403  201   404    201     404        403         403
GET  /matching/matches/{need}/{offer}                     200 200  200   404    200     404        403         403
POST /matching/matches/{need}/{offer}/steps               201 403  201   404    201     404        403         403
GET  /reserve                                             200 200  200   403    200     403        403         403
GET  /reserve/summary                                     200 200  200   403    200     403        403         403
POST /projects/{project}/reserve-updates                  201 403  201   404    201     404        403         403
POST /projects/{project}/screenings                       201 403  201   404    201     404        403         403
GET  /import-kinds                                        200 200  200   200    200     200        200         200
GET  /imports                                             200 403  200   200    200     200        403         403
POST /imports/{kind}                                      415 403  415   415    415     415        403         403
GET  /imports/{import}                                    404 403  200   404    404     404        403         403
GET  /imports/{import}/faults                             404 403  200   404    404     404        403         403
POST /imports/{import}/run                                404 403  200   404    404     404        403         403
GET  /documents                                           200 200  200   200    200     200        403         403
POST /documents                                           201 403  403   403    403     403        403         403
GET  /documents/{document}                                200 200  200   200    200     200        403         403
GET  /documents/{document}/page                           200 200  200   200    200     200        403         403
POST /documents/{document}/drafts                         200 403  403   403    403     403        403         403
POST /documents/{document}/reviews                        201 403  403   403    403     403        403         403
POST /documents/{document}/issue                          200 403  403   403    403     403        403         403
POST /documents/{document}/discard                        200 403  403   403    403     403        403         403
GET  /measures                                            200 200  200   200    200     200        200         200
POST /measures                                            201 403  201   403    403     403        403         403
GET  /measures/{measure}                                  200 200  200   200    200     200        200         200
POST /measures/{measure}/follow-ups                       201 403  201   403    403     403        403         403
POST /measures/{measure}/completion                       200 403  200   403    403     403        403         403
POST /measures/{measure}/reopening                        200 403  200   403    403     403        403         403
GET  /imports/{import}                                    200 403  404   404    404     404        403         403
GET  /imports/{import}/faults                             200 403  404   404    404     404        403         403
POST /imports/{import}/run                                200 403  404   404    404     404        403         403
GET  /views                                               200 200  200   200    200     200        200         200
POST /views                                               201 201  201   201    201     201        201         201
POST /views/removal                                       200 200  200   200    200     200        200         200
GET  /coefficients                                        200 200  200   200    200     200        200         200
POST /coefficients                                        201 403  403   403    403     403        403         403
POST /coefficients/restatements                           200 403  403   403    403     403        403         403
GET  /enterprises                                         200 200  200   403    200     403        200         403
POST /enterprises                                         201 403  201   403    201     403        403         403
GET  /enterprises/{enterprise}                            200 200  200   404    200     404        200         403
POST /enterprises/{enterprise}/changes                    200 403  200   404    200     404        403         403
POST /enterprises/{enterprise}/external-ids               200 403  200   404    200     404        403         403
POST /enterprises/{enterprise}/credentials                201 403  201   404    201     404        201         403
POST /enterprises/{enterprise}/credentials/rotations      201 403  201   404    201     404        201         403
POST /enterprises/{enterprise}/credentials/revocations    200 403  200   404    200     404        200         403
GET  /enterprises/{enterprise}/energy                     200 200  200   404    200     404        200         403
GET  /enterprises/{enterprise}/live                       200 200  200   404    200     404        200         403
GET  /enterprises/{enterprise}/receipts/{receipt}         200 200  200   404    200     404        200         403
GET  /receipts                                            200 200  200   403    200     403        200         403
GET  /meters                                              200 200  200   200    200     200        200         403
POST /meters                                              201 403  201   404    201     404        403         403
GET  /meters/{meter}                                      200 200  200   404    200     404        200         404
GET  /meters/{meter}/energy                               200 200  200   404    200     404        200         404
POST /meters/{meter}/replacements                         200 403  200   404    200     404        403         403
POST /meters/{meter}/ratios                               200 403  200   404    200     404        403         403
POST /meters/{meter}/rollovers                            422 403  422   404    422     404        403         403
POST /meters/{meter}/suspects                             422 403  422   404    422     404        403         403
POST /meters/{meter}/retirement                           200 403  200   404    200     404        403         403
GET  /suspects                                            200 200  200   200    200     200        200         403
GET  /quarantine                                          200 200  200   200    200     200        200         403
GET  /quarantine/{reading}                                200 200  200   404    200     404        200         404
POST /quarantine/releases                                 200 200  200   404    200     404        403         403
POST /quarantine/drops                                    200 200  200   404    200     404        403         403
GET  /key-users/{year}                                    200 200  200   403    200     403        200         200
POST /key-users/{year}                                    201 403  403   403    403     403        403         403
GET  /coverage                                            200 200  200   403    200     403        200         200
"""


def table() -> dict[str, dict[str, int]]:
    """The expected status by route ("GET /plans") and caller."""
    rows: dict[str, dict[str, int]] = {}
    for line in TABLE.strip().splitlines():
        if line.startswith("#"):
            continue
        method, path, *statuses = line.split()
        rows[f"{method} {path}"] = dict(zip(CALLERS, map(int, statuses), strict=True))
    return rows


def client(world: World, caller: str) -> httpx.AsyncClient:
    """The client of a column."""
    role, foreign = caller.removesuffix("'"), caller.endswith("'")
    match role:
        case "city":
            return world.portal.city(OTHER_CITY if foreign else CITY)
        case "county":
            return world.portal.caller("county", OTHER_COUNTY if foreign else COUNTY)
        case "enterprise":
            return world.portal.caller("enterprise", organisation=world.away if foreign else world.home)
        case _:
            return world.portal.caller(role)


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request: what goes into the path, the query, the body."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


Sample = Callable[[World], Awaitable[Ask]]
_years = count(2016)
_months = count(2)  # official statistics print no January
_amounts = count(1)
_bulletins = count()
REASON = {"reason": "made for a test"}
CSV = {"Content-Type": "text/csv"}
AT = "2013-02-20T10:00:00+08:00"


def _same(
    path: Callable[[World], dict[str, Any]] | None = None,
    query: Callable[[World], dict[str, Any]] | None = None,
    body: Callable[[World], dict[str, Any]] | None = None,
) -> Sample:
    """A request that can be made again and again."""

    async def ask(world: World) -> Ask:
        return Ask(path(world) if path else {}, query(world) if query else {}, body(world) if body else {})

    return ask


async def _plan_again(world: World) -> Ask:
    """The plan as it is: a load that changes nothing."""
    body = {name: value for name, value in load_plan(PLAN).parts()["assessment"].items() if name != "plan"}
    return Ask({"plan": PLAN}, body=body)


def _target() -> dict[str, Any]:
    return {
        "target": unique("TR-9").replace("9-", "9"),
        "programme": "TR",
        "name": "示例",
        "region": CITY,
        "level": "prefecture",
        "period": "2013",
        "value": "10",
        "unit": "CNY_1e8",
        "comparator": "at_least",
        "metric_type": "flow",
        "source": "decision of the province",
        "confidence": "decided",
    }


async def _fresh_target(world: World) -> str:
    made = ok(await world.portal.province.post(f"/plans/{PLAN}/targets", json=_target()))
    return str(made["target"])


async def _revise_target(world: World) -> Ask:
    return Ask({"plan": PLAN, "target": await _fresh_target(world)}, body={"value": "11", **REASON})


async def _decompose(world: World) -> Ask:
    parts = [{"region": "350102", "value": "4"}, {"region": COUNTY, "value": "6"}]
    return Ask({"plan": PLAN, "target": await _fresh_target(world)}, body={"parts": parts})


async def _statistic(world: World) -> Ask:
    body = statistic(f"2012-{next(_months):02d}", COUNTY)
    return Ask(body={**body, "indicator": "industrial_investment", "unit": "CNY"})


async def _revise_statistic(world: World) -> Ask:
    body = {"value": str(19_000_000 + next(_amounts)), "unit": "tce", "source": "synthetic", **REASON}
    return Ask({"indicator": "total_energy", "region": CITY, "period": "2011"}, body=body)


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


def _investor() -> dict[str, Any]:
    return {"kind": "private", "name": "示例集团", "origin": "330000"}


async def _change_project(world: World) -> Ask:
    body = {"total_investment": str(120_000_000 + next(_amounts)), **REASON}
    return Ask({"project": await world.new_project()}, body=body)


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


async def _audit(world: World) -> Ask:
    ask = await _recommend(world)
    ok(await world.portal.city().post(f"/ceremonies/618-2013/signings/{ask.path['project']}", json=ask.body))
    return Ask(ask.path, body={"approved": True})


def measure() -> dict[str, Any]:
    """The body that opens a city's measure."""
    return {
        "measure": unique("MS"),
        "kind": "relocation",
        "name": "示例搬迁改造措施",
        "region": CITY,
        "rows": ["TR-23c"],
        "owner": "市经委",
        "due_on": "2013-12-31",
        "source": "示例",
        "tag": "tr_relocation",
    }


def _of_measure(*before: str, **body: Any) -> Sample:
    """A change of a measure of its own, after the changes that must come before it."""

    async def ask(world: World) -> Ask:
        city = world.portal.city()
        made = ok(await city.post("/measures", json=measure()))["measure"]
        for step in before:
            ok(await city.post(f"/measures/{made}/{step}", json={"evidence": "示例"}))
        return Ask({"measure": made}, body=body)

    return ask


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


def fund() -> dict[str, Any]:
    """The body that opens a city's fund, for projects at any stage."""
    terms = {
        "valid_from": "2013-01-01",
        "aids": ["grant"],
        "bases": ["equipment_investment"],
        "rate": "0.02",
        "cap": "1500000",
    }
    return {
        "fund": unique("FUND"),
        "name": "示例专项资金",
        "region": CITY,
        "purpose": "示例",
        "amount": "50000000",
        "valid_from": "2013-01-01",
        "valid_to": "2013-12-31",
        "terms": [terms],
        "source": "示例",
    }


async def _fund(world: World) -> Ask:
    return Ask({"fund": ok(await world.portal.city().post("/funds", json=fund()))["fund"]})


def _of_fund(**body: Any) -> Sample:
    """A change of a fund of its own."""

    async def ask(world: World) -> Ask:
        return Ask((await _fund(world)).path, body={**body, **REASON})

    return ask


async def _apply(world: World) -> Ask:
    body = {
        "project": await world.new_project(),
        "aid": "grant",
        "base_kind": "equipment_investment",
        "base": "60000000",
        "evidence": "示例",
    }
    return Ask((await _fund(world)).path, body=body)


def _of_subsidy(*before: str, **body: Any) -> Sample:
    """A decision on an application of its own, after the decisions that must come before it."""

    async def ask(world: World) -> Ask:
        city, asked = world.portal.city(), await _apply(world)
        path = f"/funds/{asked.path['fund']}/applications"
        made = ok(await city.post(path, json=asked.body))["application"]
        for step in before:
            ok(await city.post(f"{path}/{made}/{step}", json={"evidence": f"示例{step}"}))
        return Ask({**asked.path, "application": made}, body=body)

    return ask


async def _checked(world: World) -> Ask:
    """An import of the province's, checked: it is nobody else's to see."""
    text = "项目名称,地区,行业代码,总投资（万元）,设备投资（万元）,策划日期\n示例,福清市,1751,12000,8350,2013-01-10\n"
    made = await world.portal.province.post("/imports/projects", content=text.encode(), headers=CSV)
    name = ok(made)["import"]

    async def checked() -> bool:
        return bool(ok(await world.portal.province.get(f"/imports/{name}"))["standing"] == "checked")

    await wait_for(checked, 20, "the import is checked")
    return Ask({"import": name})


async def _run_import(world: World) -> Ask:
    return Ask((await _checked(world)).path, body={"mode": "all"})


async def _json_file(world: World) -> Ask:
    """The table's requests are JSON, and a file isn't: 415 says that the caller got that far."""
    return Ask({"kind": "projects"}, body={})


async def _correct_report(world: World) -> Ask:
    body = {"investment": str(4_820_000_000 + next(_amounts)), **REASON}
    return Ask({"region": CITY, "month": "2013-01"}, body=body)


async def _withdraw_receipt(world: World) -> Ask:
    body = {"region": CITY, "period": "2013-02", "evidence": "示例"}
    city = world.portal.city()
    ok(await city.post("/duties/FAI/receipts", json=body))
    return Ask({"duty": "FAI"}, body={"region": CITY, "period": "2013-02", **REASON})


async def _revise_listing(world: World) -> Ask:
    return Ask({"listing": await world.new_listing("need")}, body={"title": "示例需求改", **REASON})


async def _withdraw_listing(world: World) -> Ask:
    return Ask({"listing": await world.new_listing("need")}, body=REASON)


async def _introduce(world: World) -> Ask:
    return Ask(body={"need": await world.new_listing("need"), "offer": world.offer})


async def _negotiate(world: World) -> Ask:
    ask = await _introduce(world)
    ok(await world.portal.city().post("/matching/matches", json=ask.body))
    return Ask(ask.body, body={"step": "negotiating"})


async def _new_document(world: World) -> Ask:
    """Of a month long past: each has one bulletin."""
    year, month = divmod(next(_bulletins), 12)
    return Ask(body={"kind": "monthly_bulletin", "period": f"{1950 + year}-{month + 1:02d}"})


async def _drafted_document(world: World) -> Ask:
    """Drafted by another of the province's people, so that this one may review it."""
    colleague = world.portal.caller("province", "350000")
    made = ok(await colleague.post("/documents", json=(await _new_document(world)).body))
    return Ask({"document": made["document"]})


async def _review_document(world: World) -> Ask:
    return Ask((await _drafted_document(world)).path, body={"outcome": "passed"})


async def _reviewed_document(world: World) -> Ask:
    ask = await _review_document(world)
    ok(await world.portal.province.post(f"/documents/{ask.path['document']}/reviews", json=ask.body))
    return Ask(ask.path)


async def _issued_document(world: World) -> Ask:
    ask = await _reviewed_document(world)
    ok(await world.portal.province.post(f"/documents/{ask.path['document']}/issue", json={}))
    return ask


async def _discard_document(world: World) -> Ask:
    return Ask((await _drafted_document(world)).path, body=REASON)


async def _change_enterprise(world: World) -> Ask:
    return Ask({"enterprise": await world.new_enterprise()}, body={"name": "示例新名", **REASON})


async def _external_id(world: World) -> Ask:
    base = unique("DEMO").replace("-", "")[-8:]
    body = {"scheme": "org_code", "value": base + organisation_check_digit(base)}
    return Ask({"enterprise": await world.new_enterprise()}, body=body)


async def _revoke(world: World) -> Ask:
    made = ok(await world.portal.city().post(f"/enterprises/{world.home}/credentials", json={}))
    return Ask({"enterprise": world.home}, body={"credential": made["credential"], **REASON})


async def _step(world: World) -> Ask:
    return Ask(body={"now": (await world.portal.now() + timedelta(seconds=1)).isoformat()})


async def _person(world: World) -> Ask:
    return Ask({"reference": await acting_person(world.portal, "test-somebody")})


def _of_meter(**body: Any) -> Sample:
    """A change of a meter of its own."""

    async def ask(world: World) -> Ask:
        return Ask({"meter": await world.new_meter()}, body={**body, **REASON})

    return ask


async def _key_users(world: World) -> Ask:
    lines = [{"enterprise": world.home, "tce": "12000"}]
    return Ask({"year": next(_years)}, body={"basis": "equivalent", "source": "示例", "enterprises": lines})


async def _quarantined(world: World) -> Ask:
    return Ask({"reading": await world.quarantined()})


async def _decide_on_quarantined(world: World) -> Ask:
    return Ask(body={"enterprise": world.home, "readings": [await world.quarantined()], **REASON})


def _home(world: World) -> dict[str, Any]:
    return {"enterprise": world.home}


def _meter(world: World) -> dict[str, Any]:
    return {"meter": world.meter}


def _region(world: World) -> dict[str, Any]:
    return {"region": COUNTY}


def _both(world: World) -> dict[str, Any]:
    return {"region": COUNTY, "enterprise": world.home}


def _city(world: World) -> dict[str, Any]:
    return {"region": CITY}


def _days(world: World) -> dict[str, Any]:
    return {"from": "2013-02-27", "to": "2013-02-28"}


def _plan(world: World) -> dict[str, Any]:
    return {"plan": PLAN}


def _tr6a(world: World) -> dict[str, Any]:
    return {"target": "TR-6a"}


SAMPLES: dict[str, Sample] = {
    "GET /progress/board": _same(),
    "GET /progress/figures": _same(query=_city),
    "GET /progress/figures/{target}": _same(_tr6a),
    "GET /progress/figures/{target}/evidence": _same(_tr6a),
    "GET /progress/targets": _same(),
    "GET /progress/stream": _same(query=_city),
    "GET /clock": _same(),
    "POST /clock": _step,
    "GET /plans": _same(),
    "POST /plans/{plan}": _plan_again,
    "GET /plans/{plan}": _same(_plan),
    "POST /plans/{plan}/duties": _same(_plan),
    "POST /plans/{plan}/reference-data": _same(_plan),
    "GET /regions": _same(),
    "GET /regions/{region}": _same(_region),
    "GET /targets": _same(query=_region),
    "POST /plans/{plan}/targets": _same(_plan, body=lambda _: _target()),
    "GET /plans/{plan}/targets/{target}": _same(lambda world: _plan(world) | _tr6a(world)),
    "POST /plans/{plan}/targets/{target}/revisions": _revise_target,
    "POST /plans/{plan}/targets/{target}/parts": _decompose,
    "GET /statistics/indicators": _same(),
    "GET /statistics": _same(query=_region),
    "POST /statistics": _statistic,
    "GET /statistics/{indicator}/{region}/{period}": _same(
        lambda _: {"indicator": "total_energy", "region": CITY, "period": "2011"}
    ),
    "POST /statistics/{indicator}/{region}/{period}/revisions": _revise_statistic,
    "GET /people/{reference}": _person,
    "DELETE /people/{reference}": _person,
    "GET /projects": _same(query=_both),
    "POST /projects": _same(body=lambda world: project(unique("P-AUTH"), world.home)),
    "GET /projects/{project}": _same(lambda world: {"project": world.project}),
    "POST /projects/{project}/stages": _reach_stage,
    "POST /projects/{project}/stages/corrections": _correct_stage,
    "POST /projects/{project}/registers": _join,
    "POST /projects/{project}/registers/leave": _leave,
    "POST /projects/{project}/changes": _change_project,
    "GET /project-counts": _same(
        query=lambda world: {**_region(world), "first_day": "2013-01-01", "last_day": "2013-03-31"}
    ),
    "GET /registers/{register}/acceptance": _same(lambda _: {"register": "national_plan"}, _region),
    "GET /cohorts/{investor_kind}/{year}": _same(
        lambda _: {"investor_kind": "private", "year": 2012}, _region
    ),
    "POST /cohorts/{investor_kind}/{year}": _close_cohort,
    "GET /pre-reviews": _same(query=_region),
    "GET /projects/{project}/pre-review": _reviewed,
    "POST /projects/{project}/pre-review": _open_review,
    "POST /projects/{project}/pre-review/opinions": _opinion,
    "POST /projects/{project}/pre-review/conclusion": _conclude_review,
    "GET /ceremonies/{ceremony}/signings": _same(lambda _: {"ceremony": "618-2013"}, _region),
    "POST /ceremonies/{ceremony}/signings/{project}": _recommend,
    "POST /ceremonies/{ceremony}/signings/{project}/audit": _audit,
    "GET /reports": _same(query=_city),
    "POST /reports": _same(body=lambda _: {"region": CITY, "month": "2013-02", "investment": "4900000000"}),
    "GET /reports/calendar": _same(query=_city),
    "GET /reports/{region}/{month}": _same(lambda _: {"region": CITY, "month": "2013-01"}),
    "POST /reports/{region}/{month}/corrections": _correct_report,
    "GET /problems": _same(query=_both),
    "POST /problems": _same(body=lambda world: {"project": world.project, "kind": "land", "text": "示例"}),
    "GET /problems/{problem}": _of_problem(),
    "POST /problems/{problem}/assignments": _of_problem(owner="示例", due_on="2014-12-31"),
    "POST /problems/{problem}/answers": _of_problem(answer="示例", evidence="示例"),
    "POST /problems/{problem}/major": _of_problem(**REASON),
    "POST /problems/{problem}/decisions": _decide,
    "POST /problems/{problem}/closing": _of_problem(resolution="示例", evidence="示例"),
    "POST /problems/{problem}/reopening": _reopen,
    "GET /meetings": _same(),
    "POST /meetings": _new_meeting,
    "GET /meetings/{meeting}": _some_meeting,
    "GET /meetings/{meeting}/pack": _some_meeting,
    "POST /meetings/{meeting}/agenda": _some_meeting,
    "POST /meetings/{meeting}/conclusion": _conclude,
    "GET /duties": _same(),
    "GET /duties/calendar": _same(query=_city),
    "GET /duties/{duty}/{region}": _same(lambda _: {"duty": "TR-18", "region": CITY}),
    "POST /duties/{duty}/receipts": _same(
        lambda _: {"duty": "EN-22"}, body=lambda _: {"region": CITY, "period": "2013", "evidence": "示例"}
    ),
    "POST /duties/{duty}/waivers": _same(
        lambda _: {"duty": "EN-23"}, body=lambda _: {"region": CITY, "period": "2013", **REASON}
    ),
    "POST /duties/{duty}/withdrawals": _withdraw_receipt,
    "POST /duties/{duty}/days": _same(
        lambda _: {"duty": "TR-22"},
        body=lambda _: {"plan": PLAN, "period": "2013-Q2", "due_on": "2013-06-20", **REASON},
    ),
    "GET /funds": _same(),
    "POST /funds": _same(body=lambda _: fund()),
    "GET /funds/{fund}": _fund,
    "GET /funds/{fund}/ledger": _fund,
    "POST /funds/{fund}/appropriations": _of_fund(amount="1000000", evidence="示例"),
    "POST /funds/{fund}/terms": _of_fund(terms=fund()["terms"], evidence="示例"),
    "POST /funds/{fund}/applications": _apply,
    "GET /funds/{fund}/applications/{application}": _of_subsidy(),
    "POST /funds/{fund}/applications/{application}/assessments": _of_subsidy(
        base="50000000", evidence="示例", **REASON
    ),
    "POST /funds/{fund}/applications/{application}/reservations": _of_subsidy(evidence="示例"),
    "POST /funds/{fund}/applications/{application}/commitments": _of_subsidy("reservations", evidence="示例"),
    "POST /funds/{fund}/applications/{application}/payments": _of_subsidy(
        "reservations", "commitments", evidence="示例"
    ),
    "POST /funds/{fund}/applications/{application}/releases": _of_subsidy("reservations", **REASON),
    "POST /funds/{fund}/applications/{application}/recoveries": _of_subsidy(
        "reservations", "commitments", "payments", evidence="示例", **REASON
    ),
    "POST /funds/{fund}/applications/{application}/closing": _of_subsidy(outcome="rejected", **REASON),
    "GET /subsidies": _same(query=_both),
    "GET /matching/figures": _same(query=_region),
    "GET /matching/listings": _same(query=_both),
    "POST /matching/listings": _same(body=lambda world: listing("need", unique("N-AUTH"), world.home)),
    "GET /matching/listings/{listing}": _same(lambda world: {"listing": world.need}),
    "POST /matching/listings/{listing}/revisions": _revise_listing,
    "POST /matching/listings/{listing}/withdrawal": _withdraw_listing,
    "GET /matching/listings/{listing}/suggestions": _same(lambda world: {"listing": world.need}),
    "GET /matching/matches": _same(query=_region),
    "POST /matching/matches": _introduce,
    "GET /matching/matches/{need}/{offer}": _same(lambda world: {"need": world.need, "offer": world.offer}),
    "POST /matching/matches/{need}/{offer}/steps": _negotiate,
    "GET /reserve": _same(query=_region),
    "GET /reserve/summary": _same(query=_region),
    "POST /projects/{project}/reserve-updates": _update_reserve,
    "POST /projects/{project}/screenings": _screen,
    "GET /import-kinds": _same(),
    "GET /imports": _same(),
    "POST /imports/{kind}": _json_file,
    "GET /imports/{import}": _checked,
    "GET /imports/{import}/faults": _checked,
    "POST /imports/{import}/run": _run_import,
    "GET /documents": _same(),
    "POST /documents": _new_document,
    "GET /documents/{document}": _issued_document,
    "GET /documents/{document}/page": _issued_document,
    "POST /documents/{document}/drafts": _drafted_document,
    "POST /documents/{document}/reviews": _review_document,
    "POST /documents/{document}/issue": _reviewed_document,
    "POST /documents/{document}/discard": _discard_document,
    "GET /measures": _same(),
    "POST /measures": _same(body=lambda _: measure()),
    "GET /measures/{measure}": _of_measure(),
    "POST /measures/{measure}/follow-ups": _of_measure(text="示例", evidence="示例"),
    "POST /measures/{measure}/completion": _of_measure(evidence="示例"),
    "POST /measures/{measure}/reopening": _of_measure("completion", **REASON),
    "GET /views": _same(),
    "POST /views": _same(body=lambda _: {"view": "示例", "list": "projects", "query": {"stage": "started"}}),
    "POST /views/removal": _same(body=lambda _: {"view": "示例"}),
    "GET /coefficients": _same(),
    "POST /coefficients": _same(
        body=lambda world: {
            "carrier": "raw_coal",
            "basis": "both",
            "kgce": "0.6512",
            "edition": unique("own measurement"),
            "valid_from": "2013-02-01",
            "enterprise": world.home,
            "source": "laboratory report",
        }
    ),
    "POST /coefficients/restatements": _same(
        body=lambda world: {
            "carrier": "raw_coal",
            "first": "2013-02-01",
            "last": "2013-02-02",
            "enterprise": world.home,
            **REASON,
        }
    ),
    "GET /enterprises": _same(query=_both),
    "POST /enterprises": _same(
        body=lambda _: {"enterprise": unique("E-AUTH"), "name": "示例", "region": COUNTY, "industry": "3011"}
    ),
    "GET /enterprises/{enterprise}": _same(_home),
    "POST /enterprises/{enterprise}/changes": _change_enterprise,
    "POST /enterprises/{enterprise}/external-ids": _external_id,
    "POST /enterprises/{enterprise}/credentials": _same(_home),
    "POST /enterprises/{enterprise}/credentials/rotations": _same(_home),
    "POST /enterprises/{enterprise}/credentials/revocations": _revoke,
    "GET /enterprises/{enterprise}/energy": _same(_home, _days),
    "GET /enterprises/{enterprise}/live": _same(_home),
    "GET /enterprises/{enterprise}/receipts/{receipt}": _same(
        lambda world: {"enterprise": world.home, "receipt": world.receipt}
    ),
    "GET /receipts": _same(query=lambda world: {**_both(world), "since": "2013-01-01T00:00:00+08:00"}),
    "GET /meters": _same(query=_home),
    "POST /meters": _same(body=lambda world: meter(unique("M-AUTH"), world.home)),
    "GET /meters/{meter}": _same(_meter),
    "GET /meters/{meter}/energy": _same(_meter, _days),
    "POST /meters/{meter}/replacements": _of_meter(at=AT, serial="NEW-1", old_last="0", new_start="0"),
    "POST /meters/{meter}/ratios": _of_meter(at=AT, ratio="2", register_value="0"),
    "POST /meters/{meter}/rollovers": _of_meter(at=AT),
    "POST /meters/{meter}/suspects": _of_meter(at=AT, verdict="void"),
    "POST /meters/{meter}/retirement": _of_meter(at=AT),
    "GET /suspects": _same(query=_home),
    "GET /quarantine": _same(query=_home),
    "GET /quarantine/{reading}": _quarantined,
    "POST /quarantine/releases": _decide_on_quarantined,
    "POST /quarantine/drops": _decide_on_quarantined,
    "GET /key-users/{year}": _same(lambda _: {"year": 2014}, _region),
    "POST /key-users/{year}": _key_users,
    "GET /coverage": _same(query=lambda world: {**_region(world), "day": "2013-02-27"}),
}
