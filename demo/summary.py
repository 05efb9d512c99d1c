"""What the demo ends with: the board, the balance, what came of each fault, timings, and where everything is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.board import headline, table
from demo.fault_kinds import Fault
from demo.pace import Pace
from demo.state import Situation
from demo.tally import OUTCOMES, Journal, Tally


@dataclass(frozen=True, slots=True)
class Timings:
    """System seconds since the command began; None: it didn't happen in this run."""

    total: float
    first_figures: float | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where a person finds what runs; `token` is one of the province's."""

    portal: str
    gateway: str
    intake: str
    logs: Path
    traces: Path
    data: Path
    token: str


def show(
    console: Console,
    situation: Situation,
    journal: Journal,
    faults: Sequence[Fault],
    took: Timings,
    places: Places,
) -> None:
    """Print it all."""
    console.rule("[bold]summary[/]")
    console.print(headline(situation))
    console.print(table(situation.board, console.width))
    console.print(balance(journal.tally), highlight=False)
    console.print(fault_table(faults, journal))
    console.print(counted_table(situation.counted))
    console.print(outcome_table(situation.outcomes))
    console.print(_timings(journal, took), highlight=False)
    _show_places(console, places)


def balance(tally: Tally) -> str:
    """Readings sent against what the receipts say."""
    parts = " + ".join(f"{name} {tally.outcomes[name]:,}" for name in OUTCOMES if tally.outcomes.get(name))
    verdict = (
        "[green]✓ every reading has one outcome[/]"
        if tally.balanced
        else f"[red]✗ {tally.readings - tally.settled:+,} readings without an outcome[/]"
    )
    return (
        f"[bold]Balance[/] sent {tally.readings:,} readings in {tally.posts:,} POSTs = {parts or '0'}  {verdict}"
        f"\n        ({tally.refused_posts} garbage POSTs refused; {tally.retries} POSTs sent again after 429, 503 "
        "or a lost answer)"
    )


def fault_table(faults: Sequence[Fault], journal: Journal) -> Table:
    """Each fault, what should come of it, and what the system answered when it was asked."""
    made = Table("", "fault", "should", "did, by the system's own answers", title="Faults of real feeds")
    for fault in faults:
        verdict = journal.verdicts.get(fault.key)
        if verdict is None:
            mark, text = "[bright_black]○[/]", f"not played yet (from {fault.settled:%d %B})"
        else:
            mark, text = ("[green]✓[/]" if verdict["ok"] else "[red]✗[/]"), verdict["text"]
        made.add_row(mark, f"{fault.title} ({fault.enterprise})", fault.expected, text)
    return made


def counted_table(figures: Sequence[dict[str, Any]]) -> Table:
    """What the year's projects, needs and results add up to, target by target, by the system's own figures."""
    made = Table("", "target", "counted", "of", "unit", title="Projects of the six programmes")
    for figure in figures:
        if figure["value"] is not None and Decimal(figure["value"]):
            made.add_row(
                figure["target"], figure["name"], figure["value"], figure["target_value"], figure["unit"]
            )
    return made


def outcome_table(lines: Sequence[tuple[str, str]]) -> Table:
    """What came of the year's acts."""
    made = Table("", "what came of it", title="From the promise to the act")
    for about, told in lines:
        made.add_row(about, told)
    return made


def _timings(journal: Journal, took: Timings) -> str:
    parts = [f"{days} day{'s' * (days > 1)} {pace}" for pace, days in journal.played.items() if days]
    lines = [
        f"[bold]Played[/]  {', '.join(parts) or 'nothing'}, in {journal.year_seconds:.0f} s; "
        f"at most {journal.tally.peak:,.0f} readings/s"
    ]
    if journal.played.get(Pace.DAILY) or journal.played.get(Pace.WEEKLY):
        lines.append(
            "        (a feed that sends once a day or a week is silent in between: the rule says 2 hours)"
        )
    first = (
        "" if took.first_figures is None else f"first figures on the board after {took.first_figures:.0f} s, "
    )
    lines.append(f"[bold]Timings[/] {first}summary after {took.total:.0f} s")
    return "\n".join(lines)


def _show_places(console: Console, places: Places) -> None:
    console.print("[bold]Where everything is[/]")
    for name, place in (
        ("portal", places.portal),
        ("API and its docs", f"{places.gateway}/docs"),
        ("meters' door", f"{places.intake}/docs"),
        ("logs", places.logs),
        ("traces", places.traces),
        ("data", places.data),
        ("health", "shengji status"),
    ):
        console.print(f"  {name:<18}{place}", highlight=False, soft_wrap=True)
    console.print("  the board as JSON:", highlight=False)
    console.print(
        f"  curl -s -H 'Authorization: Bearer {places.token}' {places.gateway}/api/v1/progress/board",
        highlight=False,
        soft_wrap=True,
    )
