"""Plans, regions, targets and official statistics."""

from itertools import count
from typing import Any

from plans.loader import load_plan
from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_county, same, tr6a
from tests.component.gateway.world import CITY, COUNTY, World, statistic
from tests.kit.portal import PLAN, ok, unique

TABLE = """
#                                                         province ops city city' county county' enterprise enterprise'
GET  /plans                                                    200 200  200   200    200     200        200         200
POST /plans/{plan}                                             201 201  403   403    403     403        403         403
GET  /plans/{plan}                                             200 200  200   200    200     200        200         200
POST /plans/{plan}/check                                       200 200  403   403    403     403        403         403
POST /plans/{plan}/duties                                      201 201  403   403    403     403        403         403
POST /plans/{plan}/duties/check                                200 200  403   403    403     403        403         403
POST /plans/{plan}/reference-data                              201 201  403   403    403     403        403         403
POST /plans/{plan}/reference-data/check                        200 200  403   403    403     403        403         403
GET  /regions                                                  200 200  200   200    200     200        200         200
GET  /regions/{region}                                         200 200  200   200    200     200        200         200
GET  /targets                                                  200 200  200   403    200     403        403         403
POST /plans/{plan}/targets                                     201 403  403   403    403     403        403         403
GET  /plans/{plan}/targets/{target}                            200 200  200   404    404     404        404         404
POST /plans/{plan}/targets/{target}/revisions                  200 403  403   403    403     403        403         403
POST /plans/{plan}/targets/{target}/parts                      200 403  200   403    403     403        403         403
GET  /statistics/indicators                                    200 200  200   200    200     200        200         200
GET  /statistics                                               200 200  200   403    200     403        403         403
POST /statistics                                               201 403  201   403    403     403        403         403
GET  /statistics/{indicator}/{region}/{period}                 200 200  200   404    404     404        404         404
POST /statistics/{indicator}/{region}/{period}/revisions       200 403  200   403    403     403        403         403
"""

_months = count(2)  # official statistics print no January
_amounts = count(1)


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


def _plan(world: World) -> dict[str, Any]:
    return {"plan": PLAN}


SAMPLES: dict[str, Sample] = {
    "GET /plans": same(),
    "POST /plans/{plan}": _plan_again,
    "GET /plans/{plan}": same(_plan),
    "POST /plans/{plan}/check": _plan_again,
    "POST /plans/{plan}/duties": same(_plan),
    "POST /plans/{plan}/duties/check": same(_plan),
    "POST /plans/{plan}/reference-data": same(_plan),
    "POST /plans/{plan}/reference-data/check": same(_plan),
    "GET /regions": same(),
    "GET /regions/{region}": same(of_county),
    "GET /targets": same(query=of_county),
    "POST /plans/{plan}/targets": same(_plan, body=lambda _: _target()),
    "GET /plans/{plan}/targets/{target}": same(lambda world: _plan(world) | tr6a(world)),
    "POST /plans/{plan}/targets/{target}/revisions": _revise_target,
    "POST /plans/{plan}/targets/{target}/parts": _decompose,
    "GET /statistics/indicators": same(),
    "GET /statistics": same(query=of_county),
    "POST /statistics": _statistic,
    "GET /statistics/{indicator}/{region}/{period}": same(
        lambda _: {"indicator": "total_energy", "region": CITY, "period": "2011"}
    ),
    "POST /statistics/{indicator}/{region}/{period}/revisions": _revise_statistic,
}
