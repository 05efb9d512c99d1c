"""Who calls and what codes are called, the Clock, people behind references, saved views."""

from dataclasses import replace
from datetime import timedelta

from tests.component.gateway.authorisation.base import Ask, Sample, same
from tests.component.gateway.world import World
from tests.kit.people import acting_person
from tests.kit.portal import ok, unique

TABLE = """
#                           province ops city city' county county' enterprise enterprise'
GET    /me                       200 200  200   200    200     200        200         200
GET    /vocabulary               200 200  200   200    200     200        200         200
GET    /clock                    200 200  200   200    200     200        200         200
POST   /clock                    403 200  403   403    403     403        403         403
GET    /people/{reference}       403 200  403   403    403     403        403         403
DELETE /people/{reference}       403 200  403   403    403     403        403         403
POST /people/{reference}/revocations 403 201 403 403   403     403        403         403
GET    /views                    200 200  200   200    200     200        200         200
POST   /views                    201 201  201   201    201     201        201         201
POST   /views/copies             201 404  404   404    404     404        404         404
POST   /views/removal            200 200  200   200    200     200        200         200
"""


async def _step(world: World) -> Ask:
    return Ask(body={"now": (await world.portal.now() + timedelta(seconds=1)).isoformat()})


async def _person(world: World) -> Ask:
    """Somebody who was never erased or revoked: such a one acts no more."""
    return Ask({"reference": await acting_person(world.portal, unique("test-somebody"))})


async def _revoked(world: World) -> Ask:
    return replace(await _person(world), body={"reason": "left the office"})


async def _shared_view(world: World) -> Ask:
    """Of the province's office, and nobody else's."""
    view = {"view": "示例共享", "list": "projects", "query": {"stage": "started"}, "shared": "office"}
    saved = ok(await world.portal.province.post("/views", json=view))
    owner = next(each["owner"]["subject"] for each in saved["items"] if each["view"] == view["view"])
    copy = {"owner": owner, "view": view["view"], "name": "示例副本"}
    ok(await world.portal.province.post("/views/removal", json={"view": copy["name"]}))
    return Ask(body=copy)


SAMPLES: dict[str, Sample] = {
    "GET /me": same(),
    "GET /vocabulary": same(),
    "GET /clock": same(),
    "POST /clock": _step,
    "GET /people/{reference}": _person,
    "DELETE /people/{reference}": _person,
    "POST /people/{reference}/revocations": _revoked,
    "GET /views": same(),
    "POST /views": same(body=lambda _: {"view": "示例", "list": "projects", "query": {"stage": "started"}}),
    "POST /views/copies": _shared_view,
    "POST /views/removal": same(body=lambda _: {"view": "示例"}),
}
