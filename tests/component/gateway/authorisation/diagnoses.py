"""Technology diagnoses of enterprises (技术提升诊断)."""

from typing import Any

from tests.component.gateway.authorisation.base import Ask, Sample, of_county, same
from tests.component.gateway.world import COUNTY, World
from tests.kit.portal import ok, unique

TABLE = """
#                                             province ops city city' county county' enterprise enterprise'
GET  /diagnoses                                    200 200  200   403    200     403        403         403
POST /diagnoses                                    201 403  201   403    201     403        403         403
GET  /diagnoses/{diagnosis}                        200 200  200   404    200     404        403         403
POST /diagnoses/{diagnosis}/findings/{finding}     201 403  201   404    201     404        403         403
"""


def diagnosis() -> dict[str, Any]:
    """The body that records a diagnosis of an enterprise of Fuqing, with two findings."""
    return {
        "diagnosis": unique("ZD"),
        "enterprise_name": "示例机床厂",
        "region": COUNTY,
        "industry": "3421",
        "institute": "示例研究院",
        "findings": ["主轴热变形未补偿", "装配线节拍不均"],
        "evidence": "示例",
    }


async def _held(world: World) -> str:
    return str(ok(await world.portal.city().post("/diagnoses", json=diagnosis()))["diagnosis"])


async def _get(world: World) -> Ask:
    return Ask({"diagnosis": await _held(world)})


async def _settle(world: World) -> Ask:
    body = {"outcome": "need", "reference": world.need}
    return Ask({"diagnosis": await _held(world), "finding": 1}, body=body)


SAMPLES: dict[str, Sample] = {
    "GET /diagnoses": same(query=of_county),
    "POST /diagnoses": same(body=lambda _: diagnosis()),
    "GET /diagnoses/{diagnosis}": _get,
    "POST /diagnoses/{diagnosis}/findings/{finding}": _settle,
}
