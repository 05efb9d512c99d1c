"""A year of the cities' clerks through the gateway, and an independent count of it at 24 moments."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time
from decimal import Decimal

import pytest
import pytest_asyncio

from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from shared.clock import CHINA
from tests.kit.clerks_year import YEAR, Act, counted, moments, the_year
from tests.kit.portal import Portal, ok
from tests.kit.servers import server_folder

_WITHOUT_METERS = ("provisioner", "assessment", "energy", "projects", "progress", "gateway")
_AT_WORK, _EVENING = time(10), time(22)


@pytest_asyncio.fixture
async def portal_in_january() -> AsyncIterator[Portal]:
    """A system of its own on the day after the plan: the clock goes only forward, and this test needs the year."""
    with server_folder("clerks-year") as folder:
        settings = LocalSettings(
            data=folder / "data",
            gateway_port=free_port(),
            intake_port=free_port(),
            environment="test",
            clock="simulated",
            processes=_WITHOUT_METERS,
            small=True,
        )
        async with LocalSystem(settings) as system:
            portal = Portal(system)
            await portal.step(datetime(YEAR, 1, 28, 8, tzinfo=CHINA))
            await portal.load_plan()
            yield portal
            await portal.close()


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, CHINA)


async def carry_out(portal: Portal, act: Act) -> str:
    """The person's command; the position that a question must wait for."""
    client = portal.province if act.city is None else portal.city(act.city)
    body = dict(act.body)
    if act.step is not None:
        project, stage = act.step
        steps = ok(await client.get(f"/projects/{project}"))["steps"]
        body["step"] = next(each["step"] for each in steps if each["stage"] == stage)
    response = await client.post(act.path, json=body)
    ok(response)
    return response.headers["Position-Token"]


async def figures(portal: Portal, targets: list[str], **query: str) -> dict[str, Decimal | None]:
    """What the board's keeper says of these targets; `token` waits for what was written."""
    headers = {"Position-Token": query.pop("token")} if "token" in query else {}
    found = {}
    for target in targets:
        answer = ok(await portal.province.get(f"/progress/figures/{target}", params=query, headers=headers))
        value = answer["figure"]["value"]
        found[target] = None if value is None else Decimal(value)
    return found


@pytest.mark.timeout(
    900
)  # a year with hundreds of commands and 48 whole answers: minutes, on a busy machine more
async def test_every_figure_of_a_year_equals_an_independent_count_at_24_moments(portal_in_january: Portal):
    """As the year went on, and looking back at its end, when lists, reports and days have been corrected."""
    portal, year = portal_in_january, the_year()
    targets = list(counted(year.facts, date(YEAR, 12, 31)))
    waiting, seen, token = list(moments()), dict[date, dict[str, Decimal | None]](), ""

    async def count_until(day: date) -> None:
        while waiting and waiting[0] < day:
            moment = waiting.pop(0)
            if moment < date(YEAR, 1, 28):
                continue  # nothing was known yet, the plan itself wasn't
            await portal.step(at(moment, _EVENING))
            seen[moment] = await figures(portal, targets, token=token) if token else {}
            assert seen[moment] == (counted(year.facts, moment) if token else {}), moment

    today = None
    for act in year.acts:
        await count_until(act.on)
        if act.on != today:
            today = act.on
            await portal.step(at(today, _AT_WORK))
        token = await carry_out(portal, act)
    assert waiting == []
    assert len(year.acts) > 900
    for moment, then in seen.items():
        looking_back = await figures(portal, targets, as_of=at(moment, _EVENING).isoformat())
        assert looking_back == then, f"as of {moment}"
