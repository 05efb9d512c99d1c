"""Needs, offers and their matches (对接)."""

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, of_both, of_county, same
from tests.component.gateway.world import World, listing
from tests.kit.portal import ok, unique

TABLE = """
#                                              province ops city city' county county' enterprise enterprise'
GET  /matching/figures                              200 200  200   403    200     403        403         403
GET  /matching/listings                             200 200  200   403    200     403        200         403
POST /matching/listings                             201 403  201   403    201     403        201         403
GET  /matching/listings/{listing}                   200 200  200   404    200     404        200         404
POST /matching/listings/{listing}/revisions         200 403  200   404    200     404        200         404
POST /matching/listings/{listing}/withdrawal        200 403  200   404    200     404        200         404
GET  /matching/listings/{listing}/suggestions       200 200  200   404    200     404        200         404
GET  /matching/matches                              200 200  200   403    200     403        403         403
POST /matching/matches                              201 403  201   404    201     404        403         403
GET  /matching/matches/{need}/{offer}               200 200  200   404    200     404        403         403
POST /matching/matches/{need}/{offer}/steps         201 403  201   404    201     404        403         403
"""


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


SAMPLES: dict[str, Sample] = {
    "GET /matching/figures": same(query=of_county),
    "GET /matching/listings": same(query=of_both),
    "POST /matching/listings": same(body=lambda world: listing("need", unique("N-AUTH"), world.home)),
    "GET /matching/listings/{listing}": same(lambda world: {"listing": world.need}),
    "POST /matching/listings/{listing}/revisions": _revise_listing,
    "POST /matching/listings/{listing}/withdrawal": _withdraw_listing,
    "GET /matching/listings/{listing}/suggestions": same(lambda world: {"listing": world.need}),
    "GET /matching/matches": same(query=of_county),
    "POST /matching/matches": _introduce,
    "GET /matching/matches/{need}/{offer}": same(lambda world: {"need": world.need, "offer": world.offer}),
    "POST /matching/matches/{need}/{offer}/steps": _negotiate,
}
