"""Coefficients, enterprises, meters, quarantine, key users, coverage."""

from itertools import count
from typing import Any

from services.energy.enterprises.identifiers import organisation_check_digit
from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_both, of_county, same
from tests.component.gateway.world import COUNTY, World, meter
from tests.kit.portal import ok, unique

TABLE = """
#                                                       province ops city city' county county' enterprise enterprise'
GET  /coefficients                                           200 200  200   200    200     200        200         200
POST /coefficients                                           201 403  403   403    403     403        403         403
POST /coefficients/restatements                              200 403  403   403    403     403        403         403
GET  /enterprises                                            200 200  200   403    200     403        200         403
POST /enterprises                                            201 403  201   403    201     403        403         403
GET  /enterprises/{enterprise}                               200 200  200   404    200     404        200         403
POST /enterprises/{enterprise}/changes                       200 403  200   404    200     404        403         403
POST /enterprises/{enterprise}/external-ids                  200 403  200   404    200     404        403         403
POST /enterprises/{enterprise}/credentials                   201 403  201   404    201     404        201         403
POST /enterprises/{enterprise}/credentials/rotations         201 403  201   404    201     404        201         403
POST /enterprises/{enterprise}/credentials/revocations       200 403  200   404    200     404        200         403
GET  /enterprises/{enterprise}/energy                        200 200  200   404    200     404        200         403
GET  /enterprises/{enterprise}/energy/periods                200 200  200   404    200     404        200         403
GET  /enterprises/{enterprise}/live                          200 200  200   404    200     404        200         403
GET  /enterprises/{enterprise}/receipts/{receipt}            200 200  200   404    200     404        200         403
GET  /receipts                                               200 200  200   403    200     403        200         403
GET  /meters                                                 200 200  200   200    200     200        200         403
POST /meters                                                 201 403  201   404    201     404        403         403
GET  /meters/{meter}                                         200 200  200   404    200     404        200         404
GET  /meters/{meter}/energy                                  200 200  200   404    200     404        200         404
GET  /meters/{meter}/energy/periods                          200 200  200   404    200     404        200         404
GET  /meters/{meter}/readings                                200 200  200   404    200     404        200         404
POST /meters/{meter}/replacements                            200 403  200   404    200     404        403         403
POST /meters/{meter}/ratios                                  200 403  200   404    200     404        403         403
POST /meters/{meter}/rollovers                               422 403  422   404    422     404        403         403
POST /meters/{meter}/suspects                                422 403  422   404    422     404        403         403
POST /meters/{meter}/suspects/many                           422 403  422   404    422     404        403         403
POST /meters/{meter}/withdrawals                             409 403  409   404    409     404        403         403
POST /meters/{meter}/aliases                                 200 403  200   404    200     404        403         403
POST /meters/{meter}/aliases/withdrawn                       200 403  200   404    200     404        403         403
POST /meters/{meter}/interval                                200 403  200   404    200     404        403         403
POST /meters/{meter}/direction                               200 403  200   404    200     404        403         403
POST /meters/{meter}/corrections                             200 403  200   404    200     404        403         403
POST /meters/{meter}/undone                                  200 403  200   404    200     404        403         403
POST /meters/{meter}/retirement                              200 403  200   404    200     404        403         403
GET  /suspects                                               200 200  200   200    200     200        200         403
GET  /quarantine                                             200 200  200   200    200     200        200         403
GET  /quarantine/{reading}                                   200 200  200   404    200     404        200         404
POST /quarantine/releases                                    200 200  200   404    200     404        403         403
POST /quarantine/drops                                       200 200  200   404    200     404        403         403
GET  /key-users/{year}                                       200 200  200   403    200     403        200         200
POST /key-users/{year}                                       201 403  403   403    403     403        403         403
GET  /coverage                                               200 200  200   403    200     403        200         200
"""

_years = count(2016)
AT = "2013-02-20T10:00:00+08:00"


async def _change_enterprise(world: World) -> Ask:
    return Ask({"enterprise": await world.new_enterprise()}, body={"name": "示例新名", **REASON})


async def _external_id(world: World) -> Ask:
    base = unique("DEMO").replace("-", "")[-8:]
    body = {"scheme": "org_code", "value": base + organisation_check_digit(base)}
    return Ask({"enterprise": await world.new_enterprise()}, body=body)


async def _revoke(world: World) -> Ask:
    made = ok(await world.portal.city().post(f"/enterprises/{world.home}/credentials", json={}))
    return Ask({"enterprise": world.home}, body={"credential": made["credential"], **REASON})


def _of_meter(**body: Any) -> Sample:
    """A change of a meter of its own."""

    async def ask(world: World) -> Ask:
        return Ask({"meter": await world.new_meter()}, body={**body, **REASON})

    return ask


async def _alias(world: World) -> Ask:
    """A name of its own: one name is one meter's."""
    return Ask({"meter": await world.new_meter()}, body={"alias": f"车间/{unique('表')}", **REASON})


async def _undo(world: World) -> Ask:
    """Of a ratio that was said wrongly."""
    changed = {"meter": await world.new_meter()}
    said = {"at": AT, "ratio": "2", "register_value": "0", **REASON}
    ok(await world.portal.city().post(f"/meters/{changed['meter']}/ratios", json=said))
    return Ask(changed, body={"at": AT, **REASON})


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


def _days(world: World) -> dict[str, Any]:
    return {"from": "2013-02-27", "to": "2013-02-28"}


def _by_day(world: World) -> dict[str, Any]:
    return {**_days(world), "grain": "day"}


SAMPLES: dict[str, Sample] = {
    "GET /coefficients": same(),
    "POST /coefficients": same(
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
    "POST /coefficients/restatements": same(
        body=lambda world: {
            "carrier": "raw_coal",
            "first": "2013-02-01",
            "last": "2013-02-02",
            "enterprise": world.home,
            **REASON,
        }
    ),
    "GET /enterprises": same(query=of_both),
    "POST /enterprises": same(
        body=lambda _: {"enterprise": unique("E-AUTH"), "name": "示例", "region": COUNTY, "industry": "3011"}
    ),
    "GET /enterprises/{enterprise}": same(_home),
    "POST /enterprises/{enterprise}/changes": _change_enterprise,
    "POST /enterprises/{enterprise}/external-ids": _external_id,
    "POST /enterprises/{enterprise}/credentials": same(_home),
    "POST /enterprises/{enterprise}/credentials/rotations": same(_home),
    "POST /enterprises/{enterprise}/credentials/revocations": _revoke,
    "GET /enterprises/{enterprise}/energy": same(_home, _days),
    "GET /enterprises/{enterprise}/energy/periods": same(_home, _by_day),
    "GET /enterprises/{enterprise}/live": same(_home),
    "GET /enterprises/{enterprise}/receipts/{receipt}": same(
        lambda world: {"enterprise": world.home, "receipt": world.receipt}
    ),
    "GET /receipts": same(query=lambda world: {**of_both(world), "since": "2013-01-01T00:00:00+08:00"}),
    "GET /meters": same(query=_home),
    "POST /meters": same(body=lambda world: meter(unique("M-AUTH"), world.home)),
    "GET /meters/{meter}": same(_meter),
    "GET /meters/{meter}/energy": same(_meter, _days),
    "GET /meters/{meter}/energy/periods": same(_meter, _by_day),
    "GET /meters/{meter}/readings": same(_meter, _days),
    "POST /meters/{meter}/replacements": _of_meter(at=AT, serial="NEW-1", old_last="0", new_start="0"),
    "POST /meters/{meter}/ratios": _of_meter(at=AT, ratio="2", register_value="0"),
    "POST /meters/{meter}/rollovers": _of_meter(at=AT),
    "POST /meters/{meter}/suspects": _of_meter(at=AT, verdict="void"),
    "POST /meters/{meter}/suspects/many": _of_meter(ends=[AT], verdict="void"),
    "POST /meters/{meter}/withdrawals": _of_meter(at=AT),
    "POST /meters/{meter}/aliases": _alias,
    "POST /meters/{meter}/aliases/withdrawn": _of_meter(alias="没有/01"),
    "POST /meters/{meter}/interval": _of_meter(at=AT, interval_minutes=60, register_value="0"),
    "POST /meters/{meter}/direction": _of_meter(at=AT, direction="delivered", register_value="0"),
    "POST /meters/{meter}/corrections": _of_meter(at="2013-01-01T00:00:00+08:00", serial="S-2"),
    "POST /meters/{meter}/undone": _undo,
    "POST /meters/{meter}/retirement": _of_meter(at=AT),
    "GET /suspects": same(query=_home),
    "GET /quarantine": same(query=_home),
    "GET /quarantine/{reading}": _quarantined,
    "POST /quarantine/releases": _decide_on_quarantined,
    "POST /quarantine/drops": _decide_on_quarantined,
    "GET /key-users/{year}": same(lambda _: {"year": 2014}, of_county),
    "POST /key-users/{year}": _key_users,
    "GET /coverage": same(query=lambda world: {**of_county(world), "day": "2013-02-27"}),
}
