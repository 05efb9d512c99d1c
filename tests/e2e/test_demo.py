"""The demo as a newcomer runs it: a command, a board, a summary, Ctrl-C; and again, from where it stopped."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.ports import free_port
from tests.kit.servers import server_folder

PATIENCE_S = 240.0


@dataclass
class Running:
    """The command and what it has printed so far."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    async def until(self, words: str) -> str:
        """Read on until a line has these words; that line."""
        stdout = self.process.stdout
        assert stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            while line := (await stdout.readline()).decode():
                self.lines.append(line)
                if words in line:
                    return line
        raise AssertionError(f"it ended without {words!r}:\n{self.text}")

    async def ends(self) -> int:
        """Read to the end; the exit code."""
        stdout = self.process.stdout
        assert stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            self.lines += (await stdout.read()).decode().splitlines(keepends=True)
            return await self.process.wait()

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def family(self) -> list[psutil.Process]:
        """Every process that it started."""
        return psutil.Process(self.process.pid).children(recursive=True)


@asynccontextmanager
async def demo(data: Path, *arguments: str) -> AsyncIterator[Running]:
    """`python -m demo` on ports of its own; it never outlives the block."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SHENGJI_")},
        "SHENGJI_GATEWAY_PORT": str(free_port()),
        "SHENGJI_INTAKE_PORT": str(free_port()),
        "COLUMNS": "140",
        "PYTHONUNBUFFERED": "1",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--data", str(data), *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def clock_in(text: str) -> str:
    """The last simulated time that was shown."""
    found = re.findall(r"simulated time (\d{4}-\d\d-\d\d \d\d:\d\d)", text)
    assert found, text
    return str(found[-1])


@pytest.mark.timeout(600)
async def test_a_short_demo_shows_figures_ends_cleanly_and_goes_on_where_it_stopped() -> None:
    with server_folder("demo") as folder:
        data = folder / "data"
        async with demo(data, "--days", "2") as first:
            curl = await first.until("curl -s -H")
            token, url = re.search(r"Bearer (\S+)' (\S+)", curl).groups()  # type: ignore[union-attr]
            family = first.family()
            async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
                board = (await http.get(url)).raise_for_status().json()
            first.process.send_signal(signal.SIGINT)
            assert await first.ends() == 0, first.text
        province, *cities = board["rows"]
        assert len(cities) == 9
        assert board["simulated"] is True
        assert province["key_users"] == 28
        assert province["online_closed_day"] == 28
        assert all(float(row["energy_closed_day"]["tce_equivalent"]) > 0 for row in board["rows"])
        assert all(float(row["energy_today"]["tce_equivalent"]) > 0 for row in board["rows"])
        assert "every reading has one outcome" in first.text
        assert "✗" not in first.text
        assert len(family) > 9
        assert [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []

        stopped_at = clock_in(first.text)
        assert stopped_at >= "2013-01-03 09:00"
        async with demo(data, "--days", "1", "--until", "summary") as second:
            assert await second.ends() == 0, second.text
        assert "36 kept from before" in second.text
        began_at = re.search(r"the simulated clock stands at (\S+ \S+);", second.text)
        assert began_at is not None
        assert began_at[1] >= stopped_at
        assert clock_in(second.text) > stopped_at
        assert "every reading has one outcome" in second.text
        assert "✗" not in second.text
