"""Bulletins and other documents."""

from itertools import count

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, same
from tests.component.gateway.world import World
from tests.kit.portal import ok

TABLE = """
#                                   province ops city city' county county' enterprise enterprise'
GET  /documents                          200 200  200   200    200     200        403         403
POST /documents                          201 403  403   403    403     403        403         403
GET  /documents/{document}               200 200  200   200    200     200        403         403
GET  /documents/{document}/page          200 200  200   200    200     200        403         403
POST /documents/{document}/drafts        200 403  403   403    403     403        403         403
POST /documents/{document}/reviews       201 403  403   403    403     403        403         403
POST /documents/{document}/issue         200 403  403   403    403     403        403         403
POST /documents/{document}/discard       200 403  403   403    403     403        403         403
"""

_bulletins = count()


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


SAMPLES: dict[str, Sample] = {
    "GET /documents": same(),
    "POST /documents": _new_document,
    "GET /documents/{document}": _issued_document,
    "GET /documents/{document}/page": _issued_document,
    "POST /documents/{document}/drafts": _drafted_document,
    "POST /documents/{document}/reviews": _review_document,
    "POST /documents/{document}/issue": _reviewed_document,
    "POST /documents/{document}/discard": _discard_document,
}
