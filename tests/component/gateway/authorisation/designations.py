"""Designations (认定): public to read, the province's to make."""

from typing import Any

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, same
from tests.component.gateway.world import COUNTY, World
from tests.kit.portal import ok, unique

TABLE = """
#                                           province ops city city' county county' enterprise enterprise'
GET  /designation-kinds                          200 200  200   200    200     200        200         200
GET  /designations                               200 200  200   200    200     200        200         200
POST /designations                               201 403  403   403    403     403        403         403
GET  /designations/{designation}                 200 200  200   200    200     200        200         200
POST /designations/{designation}/assessments     200 403  403   403    403     403        403         403
POST /designations/{designation}/warnings        200 403  403   403    403     403        403         403
POST /designations/{designation}/withdrawal      200 403  403   403    403     403        403         403
"""
NOTICE = {"evidence": "示例通知〔2013〕1号"}


def designation() -> dict[str, Any]:
    """The body that designates a technology centre of the county."""
    return {
        "designation": unique("D-AUTH"),
        "kind": "enterprise_technology_centre",
        "name": unique("示例企业技术中心"),
        "region": COUNTY,
        "designated_on": "2013-02-20",
        "issuer": "省经贸委",
        **NOTICE,
    }


def _of_designation(**body: Any) -> Sample:
    """A change of a designation of its own."""

    async def ask(world: World) -> Ask:
        made = ok(await world.portal.province.post("/designations", json=designation()))
        return Ask({"designation": made["designation"]}, body=body)

    return ask


SAMPLES: dict[str, Sample] = {
    "GET /designation-kinds": same(),
    "GET /designations": same(query=lambda _: {"region": COUNTY}),
    "POST /designations": same(body=lambda _: designation()),
    "GET /designations/{designation}": _of_designation(),
    "POST /designations/{designation}/assessments": _of_designation(year=2013, score="62.5", **NOTICE),
    "POST /designations/{designation}/warnings": _of_designation(**NOTICE, **REASON),
    "POST /designations/{designation}/withdrawal": _of_designation(**NOTICE, **REASON),
}
