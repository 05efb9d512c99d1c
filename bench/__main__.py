"""`python -m bench`: measure everything on this machine. `--quick` for a minute; `--only WORD` for a part."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from rich.console import Console

from bench import beside, portal, projects, scale, suggest
from bench.balance import Ledger
from bench.hotpath import HotPath, Sizes
from bench.report import Report
from bench.system import System

Step = Callable[[], Awaitable[None]]


async def run(options: argparse.Namespace) -> int:
    """Measure what was asked for; 0 when the balance is exact."""
    console = Console()
    report, ledger = Report(console), Ledger([])
    sizes = Sizes.quick() if options.quick else Sizes.full(options.factor)
    enterprises, seconds = (20, 3.0) if options.quick else (100, 10.0)
    console.print("starting the system in a temporary folder …")
    async with System.running() as system:
        path = HotPath(system, report, ledger, sizes)
        began = time.monotonic()

        async def compare() -> None:
            async with beside.Beside.running(system) as other:
                await beside.ceilings(other, report, 0.2 if options.quick else 1.0)
            async with beside.Beside.running(system, synced=False) as other:
                rate = await beside.twin(system, other, report, 10_000 if options.quick else 40_000)
                if report.value("backlog: sustained, POST to sums"):
                    path.against(rate)

        async def rebuild() -> None:
            await path.history(300)
            await portal.rebuild(system, report)

        await portal.commands(system, report, enterprises=enterprises, meters=20, seconds=seconds)
        steps: dict[str, Step] = {
            "throughput": path.throughput,
            "twin": compare,
            "latency": path.latency,
            "figure": lambda: portal.live_figure(system, report, ledger, seconds * 2),
            "backfill": path.backfill,
            "board": lambda: portal.board(system, report, seconds),
            "scale-out": lambda: scale.scale_out(path, 200_000 if options.quick else 1_500_000),
            "rebuild": rebuild,
            "suggest": lambda: suggest.suggestions(
                report, *((1_000, 100) if options.quick else (20_000, 300))
            ),
            "suggest, gateway": lambda: suggest.through_gateway(
                system, report, *((1_000, 12) if options.quick else (20_000, 120))
            ),
            "lists": lambda: projects.lists(
                system,
                report,
                **(
                    {"projects": 2_000, "asks": 10, "rate": 40}
                    if options.quick
                    else {"projects": 100_000, "asks": 60, "rate": 12}
                ),
            ),
            "import": lambda: projects.imported(system, report, rows=500 if options.quick else 10_000),
            "curve": lambda: path.curve(options.curve),
        }
        if options.quick or not options.curve:
            del steps["curve"]
        for name, step in steps.items():
            if options.only and not any(word in name for word in options.only):
                continue
            console.print(f"[{time.monotonic() - began:.0f} s] {name} …")
            await step()
        balance = await ledger.balance(system)
        report.balance = balance.lines()
        report.details["memory"] = system.memory()
    report.show()
    console.print(f"written to {report.save('quick' if options.quick else 'full')}")
    return 0 if balance.lost == 0 and balance.doubled == 0 else 1


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the meters' door, end to end.")
    parser.add_argument("--quick", action="store_true", help="about a minute; every part, small")
    parser.add_argument("--factor", type=float, default=1.0, help="times as much of everything")
    parser.add_argument("--curve", type=float, default=2.0, help="minutes for the curve of cost (0: none)")
    parser.add_argument("--only", action="append", help="only steps whose names hold this word")
    sys.exit(asyncio.run(run(parser.parse_args())))


if __name__ == "__main__":
    main()
