"""An enterprise with its meters, through the public doors alone: registered at the gateway, read at the intake."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

import httpx

from clients.meters import READINGS, columns
from shared.clock import CHINA
from tests.kit.portal import Portal, ok, unique
from tests.kit.servers import wait_for

Reading = tuple[datetime, str | int]
QUARTER = timedelta(minutes=15)
SETTLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Works:
    """One enterprise. `meters` door: `post` is the raw request, `send` waits for the outcome."""

    portal: Portal
    enterprise: str
    region: str
    credential: str
    door: httpx.AsyncClient = field(compare=False)

    @classmethod
    async def registered(cls, portal: Portal, region: str = "350181", name: str | None = None) -> Self:
        """A new enterprise with a device credential."""
        enterprise = name or unique("W")
        city = portal.province
        body = {"enterprise": enterprise, "name": "示例工厂", "region": region, "industry": "3011"}
        ok(await city.post("/enterprises", json={**body, "valid_from": "2013-01-01"}))
        issued = ok(await city.post(f"/enterprises/{enterprise}/credentials", json={"label": "test"}))
        door = portal.meters(issued["token"])
        return cls(portal, enterprise, region, issued["token"], door)

    async def meter(self, **options: Any) -> str:
        """A new meter: electricity in kWh, a register of six digits; `options` as POST /meters takes them."""
        body = {
            "meter": unique(f"{self.enterprise}-M"),
            "enterprise": self.enterprise,
            "carrier": "electricity",
            "unit": "kWh",
            "kind": "register",
            "serial": "S-1",
            "valid_from": "2013-01-01T00:00:00+08:00",
            **options,
        }
        if body["kind"] == "register":
            body.setdefault("register_digits", 6)
            body.setdefault("capacity", "4000")
        return str(ok(await self.portal.province.post("/meters", json=body))["meter"])

    async def post(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        """POST /v1/readings as it is."""
        return await self.door.post(READINGS, json=body, headers=headers)

    async def push(self, meter: str, readings: Iterable[Reading], **options: Any) -> str:
        """Push and answer with the receipt; AssertionError unless 202."""
        response = await self.post(batch(meter, readings, **options))
        assert response.status_code == 202, response.text
        return str(response.json()["receipt"])

    async def outcome(self, receipt: str) -> dict[str, Any]:
        """What became of a POST; waits until the worker has decided."""

        async def decided() -> dict[str, Any] | None:
            found: dict[str, Any] = ok(await self.door.get(f"/v1/receipts/{receipt}"))
            return found if found["state"] == "done" else None

        found = await wait_for(decided, SETTLE_S, f"the outcome of receipt {receipt}")
        assert found is not None
        return found

    async def send(self, meter: str, readings: Iterable[Reading], **options: Any) -> dict[str, Any]:
        """Push and wait for the outcome."""
        return await self.outcome(await self.push(meter, readings, **options))

    async def periods(
        self, meter: str, first: date, last: date | None = None, grain: str = "hour"
    ) -> list[Any]:
        """The meter's sums as the gateway tells them."""
        query = {"grain": grain, "from": first.isoformat(), "to": (last or first).isoformat()}
        return list(ok(await self.portal.province.get(f"/meters/{meter}/energy", params=query))["periods"])

    async def hours(self, meter: str, first: date, last: date | None = None) -> dict[datetime, Decimal]:
        """kWh (or the carrier's unit) by hour in +08:00; a missing hour isn't in it."""
        return {
            datetime.fromisoformat(each["start"]).astimezone(CHINA): Decimal(each["native"])
            for each in await self.periods(meter, first, last)
            if each["native"] is not None
        }

    async def day(self, first: date, basis: str = "both") -> dict[str, Any]:
        """The enterprise's electricity of one day: native, tce, completeness, coefficients."""
        query = {"grain": "day", "from": first.isoformat(), "to": first.isoformat(), "basis": basis}
        answer = ok(await self.portal.province.get(f"/enterprises/{self.enterprise}/energy", params=query))
        (carrier,) = answer["carriers"]
        (period,) = carrier["periods"]
        return {**period, "known": carrier["coefficients"]}


def batch(meter: str, readings: Iterable[Reading], **options: Any) -> dict[str, Any]:
    """A POST in columns of one meter."""
    rows = list(readings)
    times = [moment.isoformat() for moment, _ in rows]
    return columns(meter, times, [str(value) for _, value in rows], **options)


def register(
    begin: datetime, count: int, start: int = 1000, step: int = 25, every: timedelta = QUARTER
) -> Sequence[Reading]:
    """A register's readings: `count` of them from `begin` on, growing by `step` each."""
    return [(begin + every * n, start + step * n) for n in range(count)]
