"""Performance appraisal of cities (技改绩效考核): the province's, and each city's own part of it."""

from itertools import count
from typing import Any

from tests.component.gateway.authorisation.base import Ask, Sample, same
from tests.component.gateway.world import CITY, World
from tests.kit.portal import PLAN, ok, unique
from tests.kit.servers import wait_for

TABLE = """
#                                                   province ops city city' county county' enterprise enterprise'
GET  /appraisals                                         200 200  200   200    200     200        403         403
POST /plans/{plan}/appraisals                            201 403  403   403    403     403        403         403
GET  /plans/{plan}/appraisals/{year}                     200 200  200   200    200     200        403         403
POST /plans/{plan}/appraisals/{year}/self-assessments    403 403  201   403    403     403        403         403
POST /plans/{plan}/appraisals/{year}/scores              201 403  403   403    403     403        403         403
POST /plans/{plan}/appraisals/{year}/rankings            201 403  403   403    403     403        403         403
POST /plans/{plan}/appraisals/{year}/awards              201 403  403   403    403     403        403         403
"""
NOTICE = {"evidence": "示例〔2013〕1号"}
_ITEMS = ("decomposition", "reporting", "starts", "reserve", "city_fund")
_years = count(1950)
_made: dict[tuple[str, ...], int] = {}


def points(each: str = "8") -> list[dict[str, Any]]:
    """So many points for every measure of the scheme."""
    return [{"item": item, "points": each, **NOTICE} for item in _ITEMS]


async def year_with_targets(world: World, *cities: str) -> int:
    """A year long past that nobody else appraises, with a target of ten 亿元 for each of the cities."""
    year = next(_years)
    for region in cities:
        body = {
            "target": unique("TR-8").replace("8-", "8"),
            "programme": "TR",
            "name": "示例",
            "measure": "tech_renovation_investment",
            "region": region,
            "level": "prefecture",
            "period": str(year),
            "value": "10",
            "unit": "CNY_1e8",
            "comparator": "at_least",
            "metric_type": "flow",
            "source": "示例",
            "confidence": "decided",
        }
        made = ok(await world.portal.province.post(f"/plans/{PLAN}/targets", json=body))["target"]

        async def known(target: str = made) -> bool:
            return (await world.portal.province.get(f"/progress/figures/{target}")).status_code == 200

        await wait_for(known, 20, "progress knows the target")
    return year


def _of_appraisal(*before: str, **body: Any) -> Sample:
    """A step of an appraisal in which the steps before it were taken. The same step again changes nothing."""

    async def ask(world: World) -> Ask:
        if before not in _made:
            _made[before] = await opened(world, await year_with_targets(world, CITY), *before)
        return Ask({"plan": PLAN, "year": _made[before]}, body=body)

    return ask


async def opened(world: World, year: int, *steps: str) -> int:
    """Open the appraisal of a year and take the steps."""
    province, path = world.portal.province, f"/plans/{PLAN}/appraisals"
    ok(await province.post(path, json={"year": year}))
    for step in steps:
        ok(await province.post(f"{path}/{year}/{step}", json=_VERIFIED if step == "scores" else NOTICE))
    return year


_VERIFIED = {"region": CITY, "items": points(), "missing_accepted": "示例", **NOTICE}

SAMPLES: dict[str, Sample] = {
    "GET /appraisals": same(),
    "POST /plans/{plan}/appraisals": same(lambda _: {"plan": PLAN}, body=lambda _: {"year": 1949}),
    "GET /plans/{plan}/appraisals/{year}": _of_appraisal(),
    "POST /plans/{plan}/appraisals/{year}/self-assessments": _of_appraisal(
        region=CITY, items=points(), **NOTICE
    ),
    "POST /plans/{plan}/appraisals/{year}/scores": _of_appraisal("scores", **_VERIFIED),
    "POST /plans/{plan}/appraisals/{year}/rankings": _of_appraisal("scores", **NOTICE),
    "POST /plans/{plan}/appraisals/{year}/awards": _of_appraisal("scores", "rankings", **NOTICE),
}
