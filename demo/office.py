"""What people do in the demo, through the gateway, each with a token of their own role and region.

Every command carries an Idempotency-Key made of what it is about, so that a second run repeats it without effect.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from cli.plan import load_through
from clients.door import Door, DoorError
from demo import statistics
from demo.outgoing import china
from demo.reports import CityReport, monthly_reports
from demo.stories import stories
from demo.story import COLLEAGUE, PROVINCE, Story
from demo.tally import Journal
from demo.world import CITIES, FIRST_DAY, SYNTHETIC, DemoEnterprise, DemoMeter

PLAN = "fujian-2013"
_SIDE_BY_SIDE = 6
_TRIES, _PAUSE_S = 6, 0.5
_SOURCE = "示例名单, synthetic: made by the demonstration"
_PROJECTS = {  # city -> (county, name, industry, total investment 万元)
    "350100": ("350181", "差别化纤维生产线技改", "2822", 42_000),
    "350200": ("350212", "平板显示模组扩产技改", "3969", 68_000),
    "350300": ("350303", "鞋面自动化裁断技改", "1952", 9_500),
    "350400": ("350481", "水泥窑余热利用技改", "3011", 21_000),
    "350500": ("350582", "印染节能设备更新", "1713", 15_600),
    "350600": ("350681", "罐头生产线自动化技改", "1453", 7_200),
    "350700": ("350781", "竹木深加工技改", "2039", 6_800),
    "350800": ("350881", "工程机械涂装线技改", "3513", 18_400),
    "350900": ("350981", "锂电池极片车间技改", "3841", 33_000),
}


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that a person does at a moment of the simulated time; `what` is told on the screen."""

    moment: datetime
    what: str
    run: Callable[[], Awaitable[Any]]


class Office:
    """The people: the province's two, the nine cities' and the operator's doors into the gateway."""

    def __init__(self, province: Door, colleague: Door, cities: dict[str, Door], ops: Door) -> None:
        self.province = province
        self.colleague = colleague
        self.cities = cities
        self.ops = ops

    async def now(self) -> datetime:
        """The simulated time; 1970 before anybody has set it."""
        return _moment((await self.ops.get("/api/v1/clock"))["now"])

    async def step(self, moment: datetime) -> None:
        """Set the simulated time everywhere. Returns when every process has followed."""
        await _patiently(lambda: self.ops.post("/api/v1/clock", {"now": moment.isoformat()}))

    async def load_plan(self) -> int:
        """The plan's parts to their owners; how many targets it has."""
        await load_through(self.province, PLAN)
        return len(await self.province.pages("/api/v1/targets", plan=PLAN))

    async def register_enterprises(self, world: Iterable[DemoEnterprise]) -> None:
        """Each city registers its own."""
        await _side_by_side(
            (
                self.cities[each.city].post(
                    "/api/v1/enterprises",
                    {
                        "enterprise": each.enterprise,
                        "name": each.name,
                        "region": each.county,
                        "industry": each.industry,
                        "external_ids": [
                            {"scheme": "org_code", "value": each.org_code, "valid_from": "2005-01-01"}
                        ],
                        "valid_from": FIRST_DAY.isoformat(),
                    },
                    key=f"demo-enterprise-{each.enterprise}",
                )
            )
            for each in world
        )

    async def register_meters(self, world: Iterable[DemoEnterprise]) -> int:
        """The meters that are known from the beginning; how many."""
        known = [(each, meter) for each in world for meter in each.meters if meter.registered_on is None]
        await _side_by_side(self.register_meter(each, meter) for each, meter in known)
        return len(known)

    async def register_meter(self, enterprise: DemoEnterprise, meter: DemoMeter) -> Any:
        """One meter, by its city."""
        begins = china(meter.since.year, meter.since.month, meter.since.day)
        if meter.kind == "register":
            # Its opening is read at 00:00 and must lie inside the valid period.
            begins -= timedelta(minutes=15)
        body = {
            "meter": meter.meter,
            "enterprise": enterprise.enterprise,
            "carrier": meter.carrier,
            "unit": meter.unit,
            "kind": meter.kind,
            "serial": f"DEMO-{meter.meter}",
            "capacity": str(meter.capacity),
            "valid_from": begins.isoformat(),
        }
        if meter.digits is not None:
            body["register_digits"] = meter.digits  # type: ignore[assignment]
        door, key = self.cities[enterprise.city], f"demo-meter-{meter.meter}"
        return await _patiently(lambda: door.post("/api/v1/meters", body, key=key))

    async def designate_key_users(self, world: Iterable[DemoEnterprise]) -> Any:
        """The year's list, by the province."""
        lines = [
            {
                "enterprise": each.enterprise,
                "tce": str(each.tce),
                "reason": "" if each.tce >= 10_000 else f"{SYNTHETIC}：设区市指定",
            }
            for each in world
        ]
        body = {"basis": "equivalent", "source": _SOURCE, "enterprises": lines}
        year = FIRST_DAY.year
        return await self.province.post(f"/api/v1/key-users/{year}", body, key=f"demo-key-users-{year}")

    async def register_projects(self) -> None:
        """One key project a city, which its reports speak of."""
        await _side_by_side(
            self.cities[city].post(
                "/api/v1/projects",
                {
                    "project": _project(city),
                    "name": f"{SYNTHETIC}：{name}",
                    "region": county,
                    "industry": industry,
                    "total_investment": str(total * 10_000),
                    "equipment_investment": str(total * 7_000),
                    "programmes": ["TR"],
                    "registers": [{"register": "city_key", "valid_from": FIRST_DAY.isoformat()}],
                    "planned_on": FIRST_DAY.isoformat(),
                },
                key=f"demo-project-{city}",
            )
            for city, (county, name, industry, total) in _PROJECTS.items()
        )

    async def issue_credentials(self, world: Iterable[DemoEnterprise], journal: Journal) -> int:
        """A device credential for each enterprise that has none yet; how many were issued."""

        async def issue(each: DemoEnterprise) -> None:
            answer = await self.cities[each.city].post(
                f"/api/v1/enterprises/{each.enterprise}/credentials",
                {"label": "demo"},
                key=f"demo-credential-{uuid4().hex}",  # a secret is told once: a repeat would not tell it
            )
            journal.credentials[each.enterprise] = answer["token"]

        missing = [each for each in world if each.enterprise not in journal.credentials]
        await _side_by_side(issue(each) for each in missing)
        journal.save()
        return len(missing)

    def errands(self, world: Iterable[DemoEnterprise]) -> list[Errand]:
        """All that is done at a certain day of the year, in order of time."""
        made = [
            *(self._report(report) for report in monthly_reports()),
            *(self._statistic(each) for each in statistics.yearly_statistics()),
            *self.stories(),
        ]
        made += [
            self._late_registration(enterprise, meter, china(day.year, day.month, day.day, 10))
            for enterprise in world
            for meter in enterprise.meters
            if (day := meter.registered_on) is not None
        ]
        return sorted(made, key=lambda errand: errand.moment)

    @property
    def doors(self) -> tuple[Door, ...]:
        """All of them, to be opened and closed together."""
        return (self.province, self.colleague, self.ops, *self.cities.values())

    def stories(self) -> list[Errand]:
        """What happens to projects, in order of time."""
        return [self._story(story) for story in stories()]

    def _late_registration(self, enterprise: DemoEnterprise, meter: DemoMeter, moment: datetime) -> Errand:
        return Errand(
            moment,
            f"{enterprise.name} registers its meter {meter.meter}",
            lambda: self.register_meter(enterprise, meter),
        )

    def _report(self, report: CityReport) -> Errand:
        door, number = self.cities[report.region], int(report.month[5:])
        body: dict[str, Any] = {
            "investment": str(report.investment),
            "projects": [
                {
                    "project": _project(report.region),
                    "investment": str(_PROJECTS[report.region][3] * 10_000 // 16),
                    "progress_percent": min(100, 6 * number + 10),
                    "note": SYNTHETIC,
                }
            ],
            "reported_on": report.on.isoformat(),
        }
        key = f"demo-report-{report.region}-{report.month}"
        amount = f"{report.investment / 100_000_000:,.2f} 亿元"
        if report.correction:
            path = f"/api/v1/reports/{report.region}/{report.month}/corrections"
            body["reason"] = report.reason
            return Errand(
                china(report.on.year, report.on.month, report.on.day, 9),
                f"{report.region} corrects its report of {report.month}: {amount}",
                lambda: _patiently(lambda: door.post(path, body, key=f"{key}-correction")),
            )
        body |= {"region": report.region, "month": report.month}
        return Errand(
            china(report.on.year, report.on.month, report.on.day, 9),
            f"{report.region} reports {report.month}: {amount}",
            lambda: _patiently(lambda: door.post("/api/v1/reports", body, key=key)),
        )

    def _story(self, story: Story) -> Errand:
        door = {PROVINCE: self.province, COLLEAGUE: self.colleague, **self.cities}[story.who]
        return Errand(
            china(story.on.year, story.on.month, story.on.day, 11),
            story.what,
            lambda: _tell(door, story),
        )

    def _statistic(self, each: statistics.Statistic) -> Errand:
        door, key = self.cities[each.region], f"demo-{each.indicator}-{each.region}"
        body = {
            "indicator": each.indicator,
            "region": each.region,
            "period": statistics.YEAR,
            "value": str(each.value),
            "unit": each.unit,
            "source": statistics.SOURCE,
            "price_base": each.price_base,
            "reported_on": each.on.isoformat(),
        }
        return Errand(
            china(each.on.year, each.on.month, each.on.day, 10),
            f"{each.region} reports {each.indicator} of {statistics.YEAR}",
            lambda: _patiently(lambda: door.post("/api/v1/statistics", body, key=key)),
        )


def offices(gateway: str, token: Callable[..., str]) -> Office:
    """The people's doors; `token(role=…, area=…)` makes each a real one, again and again while the demo goes on."""

    def door(subject: str, role: str, area: str | None = None) -> Door:
        return Door(gateway, partial(token, subject=subject, role=role, area=area))

    return Office(
        door("demo-province", "province"),
        door("demo-province-colleague", "province"),
        {city: door(f"demo-{city}", "city", city) for city in CITIES},
        door("demo-ops", "ops"),
    )


def _project(city: str) -> str:
    return f"demo-{city}-01"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def _tell(door: Door, story: Story) -> Any:
    if story.known:
        await _patiently(lambda: door.get(story.known), also=(404,))
    return await _patiently(lambda: door.post(story.path, story.body, key=story.key))


async def _patiently(send: Callable[[], Awaitable[Any]], also: Collection[int] = ()) -> Any:
    """Send again what a re-send can cure (429, 503, `also`, no answer): every command here may be repeated."""
    for attempt in range(_TRIES):
        try:
            return await send()
        except DoorError as refused:
            if refused.status not in (429, 503, *also) or attempt == _TRIES - 1:
                raise
        except httpx.TransportError:
            if attempt == _TRIES - 1:
                raise
        await asyncio.sleep(_PAUSE_S * (attempt + 1))
    raise AssertionError("the last attempt answers or raises")


async def _side_by_side(work: Iterable[Awaitable[Any]]) -> None:
    """All of them, a few at a time; the first failure is raised."""
    free = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(each: Awaitable[Any]) -> None:
        async with free:
            await each

    await asyncio.gather(*(one(each) for each in work))
