"""`shengji readings import` as a person runs it, against a running system; the second time it changes nothing."""

import asyncio
import json
import signal
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.clock import CHINA
from tests.kit.portal import Portal, ok
from tests.kit.servers import wait_for
from tests.kit.works import Works

STEEL = Path(__file__).parents[2].parent / "shared" / "data" / "steel_industry_15min_2018.csv"
BEGIN = datetime(2019, 1, 1, tzinfo=CHINA)
QUARTER = timedelta(minutes=15)


async def shengji(portal: Portal, works: Works, file: Path, *options: str) -> asyncio.subprocess.Process:
    """The command, started."""
    data = portal.system.settings.data
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.main", "readings", "import", str(file), "--yes", "--data", str(data)),
        *("--credential", works.credential, *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "160", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )


async def imported(portal: Portal, works: Works, file: Path, *options: str, code: int = 0) -> str:
    """What the command said; AssertionError unless it ended with `code`."""
    process = await shengji(portal, works, file, *options)
    told, _ = await process.communicate()
    assert process.returncode == code, told.decode()
    return told.decode()


async def energy(portal: Portal, works: Works, first: date, last: date) -> tuple[Decimal, Decimal, int]:
    """kWh, tce by the equal value, and how many readings, over whole months."""
    query = {"grain": "month", "from": first.isoformat(), "to": last.isoformat(), "basis": "equal"}
    answer: Any = ok(await portal.province.get(f"/enterprises/{works.enterprise}/energy", params=query))
    (carrier,) = answer["carriers"]
    months = [each for each in carrier["periods"] if each["native"] is not None]
    return (
        sum((Decimal(each["native"]) for each in months), Decimal(0)),
        sum((Decimal(each["tce"]["equal"]) for each in months), Decimal(0)),
        sum(each["present"] for each in months),
    )


def write(file: Path, meter: str, days: int) -> Decimal:
    """A feed of quarter hours, labelled with their start; answers with its sum."""
    lines, total = ["device,when,amount"], Decimal(0)
    for n in range(days * 96):
        amount = Decimal(1000 + n % 7) / 100
        total += amount
        lines.append(f"{meter},{(BEGIN + QUARTER * n):%Y-%m-%d %H:%M},{amount}")
    file.write_text("\n".join(lines))
    return total


COLUMNS = (
    *("--time-column", "when", "--value-column", "amount", "--meter-column", "device"),
    *("--label", "start"),
)


async def test_a_feed_twice(in_real_time: Portal, tmp_path: Path):
    """A preview, the outcomes, exact sums; then every line a duplicate and the same sums."""
    works = await Works.registered(in_real_time)
    meter = await works.meter(kind="interval", register_digits=None)
    file = tmp_path / "feed.csv"
    total = write(file, meter, days=4)
    options = (*COLUMNS, "--time-format", "%Y-%m-%d %H:%M")
    told = await imported(in_real_time, works, file, *options)
    assert f"384 readings of 1 meter(s), {total} kWh in all; 0 intervals missing, 0 repeated." in told
    assert "384 sent: 384 accepted" in told
    once = await energy(in_real_time, works, BEGIN.date(), BEGIN.date())
    assert once == (total, total * Decimal("0.1229") / 1000, 384)
    hours = await works.hours(meter, BEGIN.date())
    assert hours[BEGIN] == Decimal("10.00") + Decimal("10.01") + Decimal("10.02") + Decimal("10.03")
    told = await imported(in_real_time, works, file, *options)
    assert "384 sent: 384 duplicate" in told
    assert await energy(in_real_time, works, BEGIN.date(), BEGIN.date()) == once


async def test_an_import_that_was_cut_off_goes_on(in_real_time: Portal, tmp_path: Path):
    """Killed after some of its batches: the next run sends the rest, and every reading counts once."""
    works = await Works.registered(in_real_time)
    meter = await works.meter(kind="interval", register_digits=None)
    file = tmp_path / "long.csv"
    total = write(file, meter, days=125)
    options = (*COLUMNS, "--time-format", "%Y-%m-%d %H:%M")
    process = await shengji(in_real_time, works, file, *options)
    notes = in_real_time.system.settings.data / "imports"

    def some() -> bool:
        found = [json.loads(note.read_text()) for note in notes.glob("*.json")]
        return any(2 <= len(receipts) < 12 for receipts in found) or process.returncode is not None

    await wait_for(some, 60, "some batches are acknowledged")
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert process.returncode == -signal.SIGKILL
    told = await imported(in_real_time, works, file, *options)
    assert "of 12 batches are there already" in told
    # What the door had acknowledged and nobody had noted yet was sent once more, to no effect.
    assert "✓ 12000 sent: " in told
    assert "quarantined" not in told
    assert (await energy(in_real_time, works, BEGIN.date(), date(2019, 5, 31)))[::2] == (total, 12000)
    assert not list(notes.glob("*.json"))


async def test_lines_that_are_no_readings_are_named_and_the_rest_is_taken(
    in_real_time: Portal, tmp_path: Path
):
    works = await Works.registered(in_real_time)
    meter = await works.meter(kind="interval", register_digits=None)
    file = tmp_path / "faulty.csv"
    file.write_text(
        f"time,value\n{BEGIN:%Y-%m-%dT%H:%M},1\n2019-13-01T00:00,2\n{BEGIN + QUARTER:%Y-%m-%dT%H:%M},x\n"
    )
    told = await imported(in_real_time, works, file, "--meter", meter, code=1)
    assert "line 3" in told
    assert "line 4" in told
    assert "1 sent: 1 accepted" in told
    told = await imported(in_real_time, works, file, "--meter", "nobody-knows-it", code=1)
    assert "1 sent: 1 quarantined" in told
    assert "unknown_meter" in told
    refused = await imported(in_real_time, works, file, "--meter", meter, "--credential", "no.such", code=1)
    assert "device credential" in refused


@pytest.mark.skipif(not STEEL.exists(), reason="the reference data lie beside the project, not in it")
async def test_the_steel_works_year(in_real_time: Portal):
    """35,040 quarter hours of 2018: 959,636.71 kWh are 117.939 tce by 0.1229; the second import changes nothing."""
    works = await Works.registered(in_real_time)
    meter = await works.meter(kind="interval", register_digits=None, valid_from="2017-12-31T00:00:00+08:00")
    options = (
        *("--meter", meter, "--time-column", "date", "--value-column", "Usage_kWh"),
        *("--time-format", "%d/%m/%Y %H:%M", "--zone", "Asia/Seoul", "--label", "end"),
        *("--midnight", "ends-the-day"),
    )
    told = await imported(in_real_time, works, STEEL, *options)
    assert "35040 readings of 1 meter(s), 959636.71 kWh in all; 0 intervals missing, 0 repeated." in told
    assert "35040 sent: 35040 accepted" in told
    year = await energy(in_real_time, works, date(2017, 12, 1), date(2018, 12, 31))
    assert (year[0], round(year[1], 3), year[2]) == (Decimal("959636.71"), Decimal("117.939"), 35_040)
    told = await imported(in_real_time, works, STEEL, *options)
    assert "35040 sent: 35040 duplicate" in told
    assert await energy(in_real_time, works, date(2017, 12, 1), date(2018, 12, 31)) == year
