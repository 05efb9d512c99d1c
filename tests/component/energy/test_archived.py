"""Behind the archive's line nothing changes: every command that reaches there says so, and none of them half-works."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.energy.readings.reference import change_partition
from tests.component.energy.conftest import OPS, Service, local

_AT = "2013-01-14T00:15:00+08:00"
_COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("resolve-suspect", {"verdict": "confirm"}),
    ("resolve-suspect", {"verdict": "void"}),
    ("replace-meter", {"serial": "B2", "old_last": "9000", "new_start": "0"}),
    ("change-meter-ratio", {"ratio": "2", "register_value": "9000"}),
]


async def archived_until(mill: Service, moment: str) -> None:
    """As if what came before had been taken out."""
    owner = await asyncpg.connect(mill.owner_dsn)
    await owner.execute(
        "INSERT INTO reading_archive (month, until_t, state, changed_at) VALUES ('2013-01-01', $1, 'archived', $2)",
        *(int(local(moment).timestamp()), mill.clock.now()),
    )
    async with owner.transaction():
        for row in await owner.fetch("SELECT p FROM reading_partition"):
            await change_partition(owner, row["p"])
    await owner.close()


@pytest.mark.parametrize(("operation", "body"), _COMMANDS, ids=lambda each: str(each)[:40])
async def test_a_change_behind_the_line_is_a_conflict(
    mill: Service, operation: str, body: dict[str, Any]
) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 9000), ("2013-01-14 08:00", 9010)])
    await archived_until(mill, "2013-01-14 06:00")
    problem = await mill.refused(OPS, operation, meter="M-1", at=_AT, reason="seen to", **body)
    assert (problem.status, problem.code) == (409, "archived")
    assert "restored first" in problem.remedy
    assert len(await mill.events("SuspectResolved", "MeterReplaced", "MeterRatioChanged")) == 0


async def test_readings_behind_the_line_stay_in_quarantine(mill: Service) -> None:
    ahead = [(f"{mill.clock.now() + timedelta(hours=8 + n):%Y-%m-%d %H:%M}", 1000.0 + n) for n in (1, 2)]
    await mill.push(ahead)
    held = [row["id"] for row in (await mill.ask(OPS, "list-quarantine"))["items"]]
    await archived_until(mill, ahead[0][0])
    said: dict[str, Any] = {"enterprise": "MILL", "reason": "seen to"}
    problem = await mill.refused(OPS, "release-quarantined", readings=held, **said)
    assert (problem.status, problem.code) == (409, "archived")
    assert (await mill.ask(OPS, "release-quarantined", readings=held[1:], **said))["decided"] == held[1:]
    assert (await mill.ask(OPS, "drop-quarantined", readings=held[:1], **said))["decided"] == held[:1]
