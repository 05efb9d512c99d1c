"""Performance appraisal of cities (技改绩效考核): the province's, and each city's own part of it."""

from typing import Any

from tests.component.gateway.authorisation.base import Ask, Sample, same
from tests.component.gateway.world import CITY, OTHER_CITY, World
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
POST /plans/{plan}/appraisals/{year}/summonses           201 403  403   403    403     403        403         403
POST /plans/{plan}/appraisals/{year}/summonses/{region}/minutes 200 403 403 403 403    403        403         403
POST /plans/{plan}/appraisals/{year}/summonses/{region}/lifting 200 403 403 403 403    403        403         403
POST /plans/{plan}/appraisals/{year}/summonses/{region}/reports 403 403 200 403 403    403        403         403
"""
NOTICE = {"evidence": "示例〔2013〕1号"}
_ITEMS = ("decomposition", "reporting", "starts", "reserve", "city_fund")
OPEN, PUBLISHED = 2010, 2011
"""Years whose appraisals these requests share, the first without targets: the same step again changes nothing."""
_made: set[int] = set()
_days: list[str] = []


def points(each: str = "8") -> list[dict[str, Any]]:
    """So many points for every measure of the scheme."""
    return [{"item": item, "points": each, **NOTICE} for item in _ITEMS]


async def set_targets(world: World, year: int, *cities: str) -> None:
    """A target of ten 亿元 for each of the cities, in a year of which the plan prints none."""
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
        made = ok(await world.portal.province.post(f"/plans/{PLAN}/targets", json=body))
        await _known(world, made["target"])


async def _known(world: World, target: str) -> None:
    async def known() -> bool:
        return (await world.portal.province.get(f"/progress/figures/{target}")).status_code == 200

    await wait_for(known, 20, "progress knows the target")


def _of_appraisal(year: int, *before: str, **body: Any) -> Sample:
    """A step of that year's appraisal, in which the steps before it were taken."""

    async def ask(world: World) -> Ask:
        if year not in _made:
            if year == PUBLISHED:
                await set_targets(world, year, CITY, OTHER_CITY)
            await open_appraisal(world, year)
            _made.add(year)
        for step in before:
            path = f"/plans/{PLAN}/appraisals/{year}/{step}"
            for body_of_step in _SCORES if step == "scores" else (NOTICE,):
                ok(await world.portal.province.post(path, json=body_of_step))
        return Ask({"plan": PLAN, "year": year}, body=body)

    return ask


async def open_appraisal(world: World, year: int) -> str:
    """Open it; answers its path."""
    ok(await world.portal.province.post(f"/plans/{PLAN}/appraisals", json={"year": year}))
    return f"/plans/{PLAN}/appraisals/{year}"


async def granted_award(world: World) -> str:
    """The award of the city in the shared appraisal."""
    await _of_appraisal(PUBLISHED, "scores", "rankings", "awards")(world)
    return await awarded_city(world, PUBLISHED)


async def awarded_city(world: World, year: int) -> str:
    """The city's award of that year, as soon as projects knows of it."""
    award = f"{PLAN}.{year}.{CITY}"

    async def known() -> bool:
        return (await world.portal.province.get(f"/awards/{award}")).status_code == 200

    await wait_for(known, 20, "projects knows the award")
    return award


def _of_summons(step: str = "") -> Sample:
    """The city is called in; or a step after that. The other city is the one whose summons is lifted."""
    region = OTHER_CITY if step == "lifting" else CITY

    async def ask(world: World) -> Ask:
        province, path = world.portal.province, f"/plans/{PLAN}/appraisals/{PUBLISHED}"
        await _of_appraisal(PUBLISHED, "scores", "rankings")(world)
        if not _days:
            _days.append((await world.portal.now()).date().isoformat())
        of = {"whom": "示例", "by": "示例", "hold_on": _days[0], "reason": "示例", **NOTICE}
        minutes = {"held_on": _days[0], "agreed": "示例", **NOTICE}
        if step:
            ok(await province.post(f"{path}/summonses", json={"region": region, **of}))
        if step == "reports":
            ok(await province.post(f"{path}/summonses/{region}/minutes", json=minutes))
        body = {"": {"region": region, **of}, "minutes": minutes, "lifting": {"reason": "示例"}}.get(
            step, NOTICE
        )
        return Ask({"plan": PLAN, "year": PUBLISHED, **({"region": region} if step else {})}, body=body)

    return ask


_VERIFIED: dict[str, Any] = {"region": CITY, "items": points(), "missing_accepted": "示例", **NOTICE}

_SCORES = (_VERIFIED, {**_VERIFIED, "region": OTHER_CITY})

SAMPLES: dict[str, Sample] = {
    "GET /appraisals": same(),
    "POST /plans/{plan}/appraisals": same(lambda _: {"plan": PLAN}, body=lambda _: {"year": OPEN}),
    "GET /plans/{plan}/appraisals/{year}": _of_appraisal(OPEN),
    "POST /plans/{plan}/appraisals/{year}/self-assessments": _of_appraisal(
        OPEN, region=CITY, items=points(), **NOTICE
    ),
    "POST /plans/{plan}/appraisals/{year}/scores": _of_appraisal(PUBLISHED, **_VERIFIED),
    "POST /plans/{plan}/appraisals/{year}/rankings": _of_appraisal(PUBLISHED, "scores", **NOTICE),
    "POST /plans/{plan}/appraisals/{year}/awards": _of_appraisal(PUBLISHED, "scores", "rankings", **NOTICE),
    "POST /plans/{plan}/appraisals/{year}/summonses": _of_summons(),
    "POST /plans/{plan}/appraisals/{year}/summonses/{region}/minutes": _of_summons("minutes"),
    "POST /plans/{plan}/appraisals/{year}/summonses/{region}/lifting": _of_summons("lifting"),
    "POST /plans/{plan}/appraisals/{year}/summonses/{region}/reports": _of_summons("reports"),
}
