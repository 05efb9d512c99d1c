"""From POST to sum: throughput in both shapes, latencies at a rate, repeats, a dirty mix, a backfill beside live."""

import asyncio
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.balance import Ledger, committed, percentile
from bench.generator import Sent
from bench.quick import FIRST_T, now_text
from bench.report import Report, Row
from bench.system import ON_THE_PATH, System
from bench.traffic import SLOT_S, Load, distinct
from bench.vacuum import Vacuums, vacuums

BACKLOG, LIVE, LIVE_100, CURVE = "backlog", "live", "live, 100 readings a POST", "curve"
_TWIN = 8.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each: readings of a throughput run, seconds of a run at a rate."""

    backlog: int
    live: int
    seconds: float
    backfill_slots: int

    @classmethod
    def full(cls, factor: float = 1.0) -> "Sizes":
        """For `make bench`."""
        return cls(int(3_000_000 * factor), int(400_000 * factor), 15 * factor, int(17_520 * min(1, factor)))

    @classmethod
    def quick(cls) -> "Sizes":
        """For `make bench-quick`."""
        return cls(300_000, 40_000, 3, 1_000)


@dataclass(slots=True)
class Measured:
    """A run: readings a second from the first POST to the last commit, CPU by process, latencies (s)."""

    sent: Sent
    at: np.ndarray
    rate: float
    cpu: dict[str, float]
    swept: Vacuums

    @property
    def latency(self) -> np.ndarray:
        """POST to commit, by POST."""
        found: np.ndarray = self.at - np.array(self.sent.planned)
        return found

    @property
    def path_us(self) -> float:
        """CPU-µs a reading of the processes that a reading passes."""
        return sum(self.cpu[name] for name in ON_THE_PATH)

    @property
    def ours_us(self) -> float:
        """CPU-µs a reading of every process of ours."""
        return sum(value for name, value in self.cpu.items() if name != "generator")


class HotPath:
    """Runs scenarios one after another, each at times of its own."""

    def __init__(self, system: System, report: Report, ledger: Ledger, sizes: Sizes) -> None:
        self.system, self.report, self.ledger, self.sizes = system, report, ledger, sizes
        self._next_t = FIRST_T
        self._clean: dict[str, Measured] = {}

    def _span(self, slots: int) -> int:
        """The start of a load of `slots` slots: each load begins a day after the previous one ends."""
        at, self._next_t = self._next_t, self._next_t + (slots + 96) * SLOT_S
        return at

    def load(self, shape: str, readings: int, **more: Any) -> Load:
        """A load of this shape at a new time."""
        everybody = tuple(self.system.senders)
        if shape == BACKLOG:
            senders, meters, per_post = everybody[:50], 4, 250
        elif shape == CURVE:
            senders, meters, per_post = everybody, 20, 50
        elif shape == LIVE:
            senders, meters, per_post = everybody, 20, 1
        else:
            senders, meters, per_post = everybody, 20, 5
        slots = max(per_post, readings // len(senders) // meters)
        form = "columns" if shape in (BACKLOG, CURVE) else "rows"
        options: dict[str, Any] = {"meters": meters, "per_post": per_post, "form": form, **more}
        return Load(senders, self._span(slots), 0, slots, **options)

    async def run(
        self, name: str, load: Load, *, connections: int, rate: float | None = None, new: int | None = None
    ) -> Measured:
        """Send a load and measure; `new` is how many rows it must add (all of its distinct ones, unless said)."""
        system = self.system
        async with (
            vacuums(system.admin_url) as swept,
            system.generator(load, connections=connections, rate=rate) as go,
        ):
            before = system.cpu()
            sent: Sent = await go()
            await system.worked_off()
            after = system.cpu()
        self.ledger.add(sent, distinct(load) if new is None else new)
        at = await committed(system, sent)
        us = {p: (after[p] - before.get(p, 0.0)) / sent.total * 1e6 for p in after}
        measured = Measured(
            sent,
            at,
            sent.total / (float(at.max()) - sent.began),
            {**us, "generator": sent.cpu_s / sent.total * 1e6},
            swept,
        )
        self.report.cpu[name] = {p: round(value, 3) for p, value in measured.cpu.items()}
        self.report.details[name] = {
            "posts": len(sent.receipts),
            "readings": sent.total,
            "sending_s": sent.ended - sent.began,
            "until_last_commit_s": float(at.max()) - sent.began,
            "refused": sent.refused,
            "post_to_202_p50_s": percentile(np.array(sent.answered) - np.array(sent.planned), 50),
            "post_to_202_p99_s": percentile(np.array(sent.answered) - np.array(sent.planned), 99),
            "post_to_sum_p50_s": percentile(measured.latency, 50),
            "post_to_sum_p99_s": percentile(measured.latency, 99),
            "vacuum": dict(swept.shares()),
        }
        return measured

    async def throughput(self) -> None:
        """Backlog and live, as fast as it goes; then the same bytes again; then a dirty mix."""
        wanted = (
            (BACKLOG, self.sizes.backlog, 16, 100_000.0, 250_000.0),
            (LIVE, self.sizes.live, 128, 15_000.0, 60_000.0),
            (LIVE_100, self.sizes.live * 3, 64, 40_000.0, None),
        )
        for shape, readings, connections, floor, aim in wanted:
            load = self.load(shape, readings)
            clean = await self.run(shape, load, connections=connections)
            self._clean[shape] = clean
            self.report.add(Row(f"{shape}: sustained, POST to sums", clean.rate, "readings/s", floor, aim))
            if shape == BACKLOG:
                note = f"(on the reading's path alone {clean.path_us:.2f})"
                self.report.add(
                    Row(f"{shape}: CPU, every process", clean.ours_us, "µs/reading", 10, 6, "less", note)
                )
            if shape != LIVE_100:
                await self._again_and_dirty(shape, load, clean, connections)

    async def _again_and_dirty(self, shape: str, load: Load, clean: Measured, connections: int) -> None:
        again = await self.run(f"{shape}, again", load, connections=connections, new=0)
        share = again.rate / clean.rate * 100
        self.report.add(Row(f"{shape}: all of it again (100 % duplicates)", share, "% of clean", 30))
        readings = distinct(load) // 2
        faults = {"duplicate": 0.05, "revised": 0.02, "late": 0.01, "reported_at": now_text()}
        dirty = await self.run(
            f"{shape}, dirty", self.load(shape, readings, **faults), connections=connections
        )
        share = dirty.rate / clean.rate * 100
        self.report.add(Row(f"{shape}: 5 % duplicates, 2 % revisions, 1 % late", share, "% of clean", 50))

    async def latency(self) -> None:
        """POST to sum at a steady rate."""
        for shape, rate, per_post, connections in ((LIVE, 10_000, 20, 64), (BACKLOG, 50_000, 1_000, 32)):
            load = self.load(shape, int(rate * self.sizes.seconds))
            name = f"{shape} at {rate:,}/s"
            run = await self.run(name, load, connections=connections, rate=rate / per_post)
            for share, floor in ((50, 50.0), (99, 250.0)):
                took = percentile(run.latency, share) * 1e3
                note = f"(autovacuum meanwhile: {run.swept})"
                self.report.add(Row(f"{name}: POST to sum, p{share}", took, "ms", floor, None, "less", note))

    async def backfill(self) -> None:
        """Six months of one enterprise while the others send live; against the same live data alone."""
        everybody = tuple(self.system.senders)
        one, others = everybody[:1], everybody[1:]
        rate, slots = 10_000.0, max(2, int(10_000 * self.sizes.seconds) // 20 // len(others))

        def live() -> Load:
            return Load(others, self._span(slots), 0, slots, 20, 1, form="rows")

        alone = await self.run("live alone", live(), connections=64, rate=rate / 20)
        months = self.sizes.backfill_slots
        past = Load(one, self._span(months), 0, months, 20, 50)
        beside = live()
        system = self.system
        async with (
            vacuums(system.admin_url) as swept,
            system.generator(past, connections=1) as first,
            system.generator(beside, connections=64, rate=rate / 20) as second,
        ):
            before = system.cpu()
            filled, lived = await asyncio.gather(first(), second())
            await system.worked_off()
            after = system.cpu()
        self.ledger.add(filled, distinct(past))
        self.ledger.add(lived, distinct(beside))
        # Beside live data the backfill shares batches with the other enterprises, so its own cost can't be measured;
        # alone it costs most.
        again = Load(one, self._span(months), 0, months, 20, 50)
        lonely = await self.run("backfill alone", again, connections=1)
        self.report.add(
            Row(
                "backfill of 6 months: cost of its reading",
                lonely.path_us / alone.path_us,
                "× live",
                2,
                None,
                "less",
            )
        )
        used = sum(after[p] - before.get(p, 0.0) for p in ON_THE_PATH)
        together = used / (filled.total + lived.total) * 1e6
        self.report.add(
            Row("backfill beside live: cost of a reading of both", together / alone.path_us, "× live")
        )
        late = percentile(await committed(system, lived) - np.array(lived.planned), 99)
        base = percentile(alone.latency, 99)
        note = f"({base * 1e3:.0f} → {late * 1e3:.0f} ms; autovacuum meanwhile: {swept})"
        self.report.add(
            Row("backfill beside live: the others' p99", late / base, "× alone", 2, None, "less", note)
        )
        self.report.details["backfill"] = {
            "readings": filled.total,
            "seconds": filled.ended - filled.began,
            "vacuum": dict(swept.shares()),
        }

    async def history(self, days: int) -> None:
        """One reading a day from one meter of each enterprise: a cheap way to events of many days for the rebuild to
        read."""
        everybody = tuple(self.system.senders)
        load = Load(everybody, self._span(days * 96), 0, days, 1, 50, step=96 * SLOT_S)
        self.ledger.add(await self.system.send(load, connections=8), distinct(load))

    async def curve(self, minutes: float) -> None:
        """Cost per reading while the store grows, million by million, until the time is over."""
        deadline = asyncio.get_running_loop().time() + minutes * 60
        points: list[dict[str, float]] = []
        while asyncio.get_running_loop().time() < deadline:
            load = self.load(CURVE, 1_000_000)
            run = await self.run(CURVE, load, connections=16)
            rows = await self.system.db.fetchval(
                "SELECT coalesce(sum(n_live_tup), 0)::bigint FROM pg_stat_user_tables WHERE relname LIKE 'reading\\_2%'"
            )
            points.append({"stored": float(rows), "us": run.path_us, "rate": run.rate})
        del self.report.cpu[CURVE]
        self.report.details[CURVE] = points
        for point in points:
            text = (
                f"  {point['stored'] / 1e6:6.1f} M stored: {point['us']:.2f} CPU-µs, {point['rate']:,.0f}/s"
            )
            self.report.console.print(text, highlight=False)
        third = max(1, len(points) // 3)
        early = float(np.mean([p["us"] for p in points[:third]]))
        late = float(np.mean([p["us"] for p in points[-third:]]))
        note = f"(to {points[-1]['stored'] / 1e6:.0f} M readings)"
        self.report.add(
            Row("cost per reading, last third against first", late / early, "×", 1.2, None, "less", note)
        )

    def against(self, twin_rate: float) -> None:
        """Ours against the naive twin's rate in the same run."""
        ours = self._clean[BACKLOG].rate
        self.report.add(Row("backlog: against the naive twin", ours / twin_rate, "×", _TWIN))
