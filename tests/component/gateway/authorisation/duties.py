"""Monthly reports and duties."""

from itertools import count

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_city, same
from tests.component.gateway.world import CITY, World
from tests.kit.portal import PLAN, ok

TABLE = """
#                                           province ops city city' county county' enterprise enterprise'
GET  /report-lines                               200 200  200   200    200     200        403         403
GET  /reports                                    200 200  200   403    403     403        403         403
POST /reports                                    403 403  201   403    403     403        403         403
GET  /reports/calendar                           200 200  200   403    403     403        403         403
GET  /reports/months                             200 200  200   403    403     403        403         403
POST /reports/months/{month}/closing             200 403  403   403    403     403        403         403
POST /reports/months/{month}/reopenings          201 403  403   403    403     403        403         403
GET  /reports/{region}/{month}                   200 200  200   403    403     403        403         403
POST /reports/{region}/{month}/corrections       403 403  200   403    403     403        403         403
POST /reports/{region}/{month}/withdrawal        403 403  200   403    403     403        403         403
GET  /duties                                     200 200  200   200    200     200        403         403
GET  /duties/calendar                            200 200  200   403    403     403        403         403
GET  /duties/{duty}/{region}                     200 200  200   403    403     403        403         403
POST /duties/{duty}/receipts                     403 403  201   403    403     403        403         403
POST /duties/{duty}/waivers                      201 403  403   403    403     403        403         403
POST /duties/{duty}/withdrawals                  200 403  200   403    403     403        403         403
POST /duties/{duty}/days                         201 201  403   403    403     403        403         403
"""

FEBRUARY = {"region": CITY, "month": "2013-02", "investment": "4900000000"}
_amounts = count(1)


async def _reported(world: World) -> None:
    """January is reported, whatever another sample did to it."""
    month = {"region": CITY, "month": "2013-01", "investment": str(4_820_000_000 + next(_amounts))}
    answer = await world.portal.city(CITY).post("/reports", json=month)
    assert answer.status_code in (201, 409), answer.text


async def _correct_report(world: World) -> Ask:
    await _reported(world)
    body = {"investment": str(4_820_000_000 + next(_amounts)), **REASON}
    return Ask({"region": CITY, "month": "2013-01"}, body=body)


async def _withdraw_report(world: World) -> Ask:
    await _reported(world)
    return Ask({"region": CITY, "month": "2013-01"}, body=REASON)


async def _close_month(world: World) -> Ask:
    """What is reported already may be reported again in a closed month: it changes nothing."""
    ok(await world.portal.city(CITY).post("/reports", json=FEBRUARY))
    return Ask({"month": "2013-02"}, body=REASON)


async def _reopen_month(world: World) -> Ask:
    ask = await _close_month(world)
    ok(await world.portal.province.post("/reports/months/2013-02/closing", json=ask.body))
    return Ask(ask.path, body={"region": CITY, "until": "2013-12-31", **REASON})


async def _withdraw_receipt(world: World) -> Ask:
    body = {"region": CITY, "period": "2013-02", "evidence": "示例"}
    city = world.portal.city()
    ok(await city.post("/duties/FAI/receipts", json=body))
    return Ask({"duty": "FAI"}, body={"region": CITY, "period": "2013-02", **REASON})


SAMPLES: dict[str, Sample] = {
    "GET /report-lines": same(),
    "GET /reports": same(query=of_city),
    "POST /reports": same(body=lambda _: FEBRUARY),
    "GET /reports/calendar": same(query=of_city),
    "GET /reports/months": same(query=of_city),
    "POST /reports/months/{month}/closing": _close_month,
    "POST /reports/months/{month}/reopenings": _reopen_month,
    "GET /reports/{region}/{month}": same(lambda _: {"region": CITY, "month": "2013-01"}),
    "POST /reports/{region}/{month}/corrections": _correct_report,
    "POST /reports/{region}/{month}/withdrawal": _withdraw_report,
    "GET /duties": same(),
    "GET /duties/calendar": same(query=of_city),
    "GET /duties/{duty}/{region}": same(lambda _: {"duty": "TR-18", "region": CITY}),
    "POST /duties/{duty}/receipts": same(
        lambda _: {"duty": "EN-22"}, body=lambda _: {"region": CITY, "period": "2013", "evidence": "示例"}
    ),
    "POST /duties/{duty}/waivers": same(
        lambda _: {"duty": "EN-23"}, body=lambda _: {"region": CITY, "period": "2013", **REASON}
    ),
    "POST /duties/{duty}/withdrawals": _withdraw_receipt,
    "POST /duties/{duty}/days": same(
        lambda _: {"duty": "TR-22"},
        body=lambda _: {"plan": PLAN, "period": "2013-Q2", "due_on": "2013-06-20", **REASON},
    ),
}
