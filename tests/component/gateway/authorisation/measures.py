"""The plan's measures (政策措施)."""

from typing import Any

from tests.component.gateway.authorisation.base import REASON, Ask, Sample, same
from tests.component.gateway.world import CITY, World
from tests.kit.portal import ok, unique

TABLE = """
#                                    province ops city city' county county' enterprise enterprise'
GET  /measures                            200 200  200   200    200     200        200         200
POST /measures                            201 403  201   403    403     403        403         403
GET  /measures/{measure}                  200 200  200   200    200     200        200         200
POST /measures/{measure}/items            201 403  201   403    403     403        403         403
POST /measures/{measure}/follow-ups       201 403  201   403    403     403        403         403
POST /measures/{measure}/completion       200 403  200   403    403     403        403         403
POST /measures/{measure}/reopening        200 403  200   403    403     403        403         403
"""


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


SAMPLES: dict[str, Sample] = {
    "GET /measures": same(),
    "POST /measures": same(body=lambda _: measure()),
    "GET /measures/{measure}": _of_measure(),
    "POST /measures/{measure}/items": _of_measure(item="new", name="示例", source="示例"),
    "POST /measures/{measure}/follow-ups": _of_measure(text="示例", evidence="示例"),
    "POST /measures/{measure}/completion": _of_measure(evidence="示例"),
    "POST /measures/{measure}/reopening": _of_measure("completion", **REASON),
}
