"""`python -m bench.soak [SECONDS]`: a steady load for an hour. Memory of each process flat, lag bounded, balance exact.

Live data of all enterprises at a steady rate, with repeats, revisions and late readings in it, and one enterprise that
sends a backlog from time to time. Attackers hold unfinished heads and bodies open all the while (bench/attackers.py),
and a good client reads the board beside them. Each minute says where things stand; the end judges.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console

from bench.attackers import attacking
from bench.balance import Ledger, committed, percentile
from bench.quick import FIRST_T, now_text
from bench.report import Report, Row
from bench.system import System
from bench.traffic import SLOT_S, Load, distinct

HOUR_S = 3_600.0
RATE = 2_000.0
"""Readings a second: what 1.8 million meters send in quarter-hours."""
ROUND_S = 20.0
MOST_GROWTH = 1.25
"""The most by which a process's memory may grow, as a factor of that a quarter into the run: allocators vary."""
MOST_LAG_S = 10.0
MOST_BOARD_S = 1.0
"""The good client's p99 beside the attackers."""


@dataclass(slots=True)
class Watch:
    """Memory by process and the worst lag, minute by minute."""

    system: System
    memory: list[dict[str, int]] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)

    def look(self) -> dict[str, int]:
        """Note the memory of every process now."""
        self.memory.append(self.system.memory())
        return self.memory[-1]

    def growth(self) -> dict[str, float]:
        """By process: the last tenth's memory against that of a quarter into the run (medians)."""
        count = len(self.memory)
        early = self.memory[count // 4 : count // 4 + max(1, count // 10)]
        late = self.memory[-max(1, count // 10) :]
        # PostgreSQL's caches fill up to what they are given: its bound is its configuration.
        return {
            name: float(np.median([m[name] for m in late]) / np.median([m[name] for m in early]))
            for name in self.memory[-1]
            if name != "postgres" and all(name in m for m in early)
        }


async def soak(seconds: float) -> int:
    """Run and judge; 0 when all holds."""
    console = Console()
    report, ledger = Report(console), Ledger([])
    async with System.running() as system, AsyncExitStack() as stack:
        await system.register(20, 20)
        await system.register(1, 1, prefix="X")
        *senders, attacker = system.senders
        watch, at, began = Watch(system), FIRST_T, time.monotonic()
        number = 0
        urls, good = system.local.urls, system.token("province")
        attack = attacking(urls.gateway, urls.intake, attacker.token, good)
        boards = await stack.enter_async_context(attack)
        while time.monotonic() - began < seconds:
            slots = max(3, int(RATE * ROUND_S / 20 / len(senders)))
            load = Load(
                tuple(senders),
                at,
                0,
                slots,
                duplicate=0.02,
                revised=0.005,
                late=0.005,
                form="rows",
                seed=number,
                reported_at=now_text(),
            )
            at += (slots + 1) * SLOT_S
            sent = await system.send(load, connections=16, rate=RATE / 20)
            ledger.add(sent, distinct(load))
            if number % 5 == 4:
                past = Load(tuple(senders[:1]), at, 0, 500, 20, 50)
                at += 501 * SLOT_S
                ledger.add(await system.send(past, connections=1), distinct(past))
            lag = percentile(await committed(system, sent) - np.array(sent.planned), 99)
            watch.lag.append(lag)
            memory = watch.look()
            number += 1
            if number % 3 == 0:
                told = ", ".join(f"{name} {size / 2**20:.0f}" for name, size in memory.items())
                passed = time.monotonic() - began
                console.print(f"[{passed:5.0f} s] p99 {lag * 1e3:.0f} ms; MB: {told}", highlight=False)
        balance = await ledger.balance(system)
    for name, grown in watch.growth().items():
        report.add(Row(f"memory of {name}, end against first quarter", grown, "×", MOST_GROWTH, None, "less"))
    report.add(Row("worst p99, POST to sum", max(watch.lag), "s", MOST_LAG_S, None, "less"))
    report.add(
        Row("board's p99 beside attackers", percentile(np.array(boards), 99), "s", MOST_BOARD_S, None, "less")
    )
    report.balance = balance.lines()
    report.details = {"memory": watch.memory, "lag_p99_s": watch.lag, "seconds": seconds}
    report.show()
    console.print(f"written to {report.save('soak')}")
    kept = all(row.ratio is None or row.ratio >= 1 for row in report.rows)
    return 0 if kept and balance.lost == 0 and balance.doubled == 0 else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(soak(float(sys.argv[1]) if len(sys.argv) > 1 else HOUR_S)))
