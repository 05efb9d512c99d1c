"""A system in which something has happened: a mill that is online, a day of its readings, a city's report."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest_asyncio

from deploy.databases import for_asyncpg
from deploy.local.attach import attach
from tests.kit.portal import Portal, ok, unique
from tests.kit.servers import wait_for

REGION = "350181"


@dataclass(frozen=True)
class Mill:
    """An enterprise with a meter and a credential. `trace`: of the push whose readings made `day` online."""

    enterprise: str
    meter: str
    credential: str
    day: date
    trace: str


async def push(portal: Portal, mill: Mill, meter: str, readings: list[tuple[int, str]]) -> str:
    """POST register values as (epoch seconds, kWh); answers with the trace that the push is in."""
    trace = f"{abs(hash((mill.meter, meter, readings[0]))) % (1 << 120):032x}"
    body = {
        "unit": "kWh",
        "kind": "register",
        "columns": {
            "meter": [meter] * len(readings),
            "time": [time for time, _ in readings],
            "value": [value for _, value in readings],
        },
    }
    door = portal.meters(mill.credential)
    headers = {"traceparent": f"00-{trace}-{'1' * 16}-01"}
    taken = ok(await door.post("/v1/readings", json=body, headers=headers))

    async def settled() -> Any:
        answer = ok(await door.get(f"/v1/receipts/{taken['receipt']}"))
        return answer["state"] != "pending"

    await wait_for(settled, 60, "the receipt is settled")
    return trace


@pytest_asyncio.fixture(scope="session")
async def mill(portal: Portal) -> Mill:
    """Registered, designated, and with one whole day behind it, which counts as online."""
    enterprise = unique("OPER")
    day = (await portal.next_day(hour=8)).date()
    province = portal.province
    registered = {
        "enterprise": enterprise,
        "name": "运维纸业",
        "region": REGION,
        "industry": "2221",
        "valid_from": "2013-01-01",
    }
    ok(await province.post("/enterprises", json=registered))
    meter = f"{enterprise}-EL1"
    counter = {
        "meter": meter,
        "enterprise": enterprise,
        "carrier": "electricity",
        "unit": "kWh",
        "kind": "register",
        "serial": "A1",
        "register_digits": 8,
        "capacity": "40000",
        "valid_from": "2013-01-01T00:00:00+08:00",
    }
    ok(await province.post("/meters", json=counter))
    # Other tests of this run may have a list: it stays, one longer.
    before = await province.get(f"/key-users/{day.year}")
    others = ok(before)["items"] if before.is_success else []
    kept = [{name: each[name] for name in ("enterprise", "tce", "reason")} for each in others]
    listed = {
        "basis": "equivalent",
        "source": "闽经贸能源〔2013〕27号",
        "enterprises": [*kept, {"enterprise": enterprise, "tce": "12120", "reason": "省定"}],
        "revision_reason": "a mill for the operator's tests",
    }
    ok(await province.post(f"/key-users/{day.year}", json=listed))
    issued = ok(await province.post(f"/enterprises/{enterprise}/credentials", json={"label": "box"}))
    made = Mill(enterprise, meter, issued["token"], day, "")
    begin = int((await portal.now()).timestamp())
    quarters = [(begin - 900 * n, str(10_000 - n)) for n in reversed(range(9))]
    trace = await push(portal, made, meter, quarters)
    await portal.next_day(hour=8)

    async def judged() -> bool:
        page = ok(await province.get("/progress/figures/EN-14/evidence", params={"limit": 200}))
        return any(
            item["enterprise"] == enterprise and item["type"] == "CoverageChanged" for item in page["items"]
        )

    await wait_for(judged, 60, "the day counts as online in the read-model")
    url = for_asyncpg(attach(portal.system.settings.data).addresses.databases["energy"][0])
    energy = await asyncpg.connect(url)

    async def measured() -> Any:
        return await energy.fetchval("SELECT true FROM event WHERE stream = $1", f"day-{enterprise}-{day}")

    await wait_for(measured, 60, "the day has left as an event")
    await energy.close()
    assert day + timedelta(days=1) == (await portal.now()).date()
    return Mill(enterprise, meter, issued["token"], day, trace)
