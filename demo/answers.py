"""What the system says when it is asked: the questions behind the demo's checks, through the gateway."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clients.door import Door


@dataclass(frozen=True, slots=True)
class DaySum:
    """One carrier's sum of a day; `native` in `unit`, None where nothing came."""

    native: Decimal | None
    unit: str
    present: int
    expected: int


class Answers:
    """Asks with the province's token, which sees everything."""

    def __init__(self, province: Door) -> None:
        self._door = province

    async def day(self, enterprise: str, carrier: str, day: date) -> DaySum | None:
        """The day's sum as it stands; None where the enterprise has nothing of that carrier."""
        span = {"from": day.isoformat(), "to": day.isoformat()}
        answer = await self._door.get(
            f"/api/v1/enterprises/{enterprise}/energy", grain="day", basis="equivalent", **span
        )
        for each in answer["carriers"]:
            if each["carrier"] == carrier and each["periods"]:
                period = each["periods"][0]
                native = None if period["native"] is None else Decimal(str(period["native"]))
                return DaySum(native, each["unit"], period["present"], period["expected"])
        return None

    async def totals(self, since: datetime, before: datetime | None) -> dict[str, Any]:
        """What became of all POSTs received at since <= time < before: the sum over their receipts."""
        answer: dict[str, Any] = await self._door.get(
            "/api/v1/receipts", since=since.isoformat(), before=before and before.isoformat()
        )
        return answer

    async def parked(self, enterprise: str, meter: str) -> int:
        """How many intervals of the meter are neither believed nor zeroed."""
        return len(await self._door.pages("/api/v1/suspects", enterprise=enterprise, meter=meter))

    async def held(self, enterprise: str, reason: str) -> int:
        """How many readings wait in quarantine for that reason."""
        return len(
            await self._door.pages("/api/v1/quarantine", enterprise=enterprise, reason=reason, limit=200)
        )

    async def silent_since(self, enterprise: str) -> datetime | None:
        """Since when nothing was heard of it; None: it is heard."""
        found = (await self._door.get(f"/api/v1/enterprises/{enterprise}"))["feed"]["silent_since"]
        return None if found is None else datetime.fromisoformat(found.replace("Z", "+00:00"))

    async def online(self, enterprise: str, day: date) -> bool | None:
        """Whether the day counts as online (EN-14); None: not judged."""
        page = await self._door.get("/api/v1/enterprises", enterprise=enterprise, day=day.isoformat())
        items: list[dict[str, Any]] = page["items"]
        online: bool | None = items[0]["online"] if items else None
        return online
