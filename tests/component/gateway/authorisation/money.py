"""Funds and subsidies."""

from typing import Any

from tests.component.gateway.authorisation.appraisals import granted_award
from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_both, of_city, same
from tests.component.gateway.world import CITY, World
from tests.kit.portal import ok, unique

TABLE = """
#                                                     province ops city city' county county' enterprise enterprise'
GET  /funds                                                200 200  200   200    200     200        200         200
POST /funds                                                201 403  201   403    403     403        403         403
GET  /funds/{fund}                                         200 200  200   200    200     200        200         200
GET  /funds/{fund}/ledger                                  200 200  200   403    403     403        403         403
POST /funds/{fund}/appropriations                          403 403  201   403    403     403        403         403
POST /funds/{fund}/terms                                   403 403  200   403    403     403        403         403
POST /funds/{fund}/applications                            201 403  201   404    201     404        403         403
GET  /funds/{fund}/applications/{application}              200 200  200   404    200     404        200         404
POST /funds/{fund}/applications/{application}/assessments  403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/reservations 403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/commitments  403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/payments     403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/releases     403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/recoveries   403 403  200   403    403     403        403         403
POST /funds/{fund}/applications/{application}/closing      403 403  200   403    403     403        403         403
GET  /awards                                               200 200  200   403    403     403        403         403
GET  /awards/{award}                                       200 200  200   404    404     404        403         403
POST /funds/{fund}/awards/{award}/reservations             200 403  403   403    403     403        403         403
POST /funds/{fund}/awards/{award}/commitments              200 403  403   403    403     403        403         403
POST /funds/{fund}/awards/{award}/payments                 200 403  403   403    403     403        403         403
POST /funds/{fund}/awards/{award}/releases                 200 403  403   403    403     403        403         403
POST /funds/{fund}/awards/{award}/recoveries               200 403  403   403    403     403        403         403
GET  /subsidies                                            200 200  200   403    200     403        200         403
"""


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
        asked = await _apply(world)
        path = f"/funds/{asked.path['fund']}/applications"
        clerk = world.portal.caller("city", CITY, person="clerk")
        made = ok(await clerk.post(path, json=asked.body))["application"]
        for step in before:
            # Who commits doesn't pay, so that whoever is tried next is neither of them.
            person = "treasury" if step == "payments" else "office"
            audit = {"base": "60000000", **REASON} if step == "assessments" else {}
            decider = world.portal.caller("city", CITY, person=person)
            ok(await decider.post(f"{path}/{made}/{step}", json={"evidence": f"示例{step}", **audit}))
        return Ask({**asked.path, "application": made}, body=body)

    return ask


_pots: list[str] = []


async def award_fund(world: World) -> str:
    """A fund of the province's that pays awards: the same every time."""
    if not _pots:
        terms = {"valid_from": "2013-01-01", "aids": ["award"]}
        pot = {**fund(), "region": "350000", "terms": [terms], "fund": unique("POT")}
        _pots.append(ok(await world.portal.province.post("/funds", json=pot))["fund"])
    return _pots[0]


def _of_award(*before: str, **body: Any) -> Sample:
    """A decision on a yuan of the award, after the decisions that must come before it."""

    async def ask(world: World) -> Ask:
        asked = Ask({"fund": await award_fund(world), "award": await granted_award(world)})
        path = f"/funds/{asked.path['fund']}/awards/{asked.path['award']}"
        # What an earlier sample holds was committed by whoever is tried next: it goes back, if there is any.
        await world.portal.caller("province", person="office").post(f"{path}/releases", json=REASON)
        for step in before:
            shown = {"amount": "1", "evidence": unique(step)}
            person = "treasury" if step == "payments" else "office"
            decider = world.portal.caller("province", person=person)
            ok(await decider.post(f"{path}/{step}", json=shown))
        return Ask(asked.path, body={"amount": "1", **body})

    return ask


async def _award(world: World) -> Ask:
    return Ask({"award": await granted_award(world)})


SAMPLES: dict[str, Sample] = {
    "GET /funds": same(),
    "POST /funds": same(body=lambda _: fund()),
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
    "POST /funds/{fund}/applications/{application}/commitments": _of_subsidy(
        "reservations", "assessments", evidence="示例"
    ),
    "POST /funds/{fund}/applications/{application}/payments": _of_subsidy(
        "reservations", "assessments", "commitments", evidence="示例"
    ),
    "POST /funds/{fund}/applications/{application}/releases": _of_subsidy("reservations", **REASON),
    "POST /funds/{fund}/applications/{application}/recoveries": _of_subsidy(
        "reservations", "assessments", "commitments", "payments", evidence="示例", **REASON
    ),
    "POST /funds/{fund}/applications/{application}/closing": _of_subsidy(outcome="rejected", **REASON),
    "GET /subsidies": same(query=of_both),
    "GET /awards": same(query=of_city),
    "GET /awards/{award}": _award,
    "POST /funds/{fund}/awards/{award}/reservations": _of_award(evidence="示例"),
    "POST /funds/{fund}/awards/{award}/commitments": _of_award("reservations", evidence="示例"),
    "POST /funds/{fund}/awards/{award}/payments": _of_award("reservations", "commitments", evidence="示例"),
    "POST /funds/{fund}/awards/{award}/releases": _of_award("reservations", **REASON),
    "POST /funds/{fund}/awards/{award}/recoveries": _of_award(
        "reservations", "commitments", "payments", evidence="示例", **REASON
    ),
}
