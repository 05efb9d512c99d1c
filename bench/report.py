"""What was measured, beside what it has to be; printed as a table, kept as JSON with versions and machine."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import psutil
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
_PACKAGES = (
    "fastapi",
    "uvicorn",
    "msgspec",
    "numpy",
    "asyncpg",
    "nats-py",
    "faststream",
    "sqlalchemy",
    "pydantic",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `better` says which way is good; `floor` and `aim` are None where none is set."""

    name: str
    measured: float
    unit: str
    floor: float | None = None
    aim: float | None = None
    better: Literal["more", "less"] = "more"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times as good as the floor: 1 and more is met."""
        if self.floor is None or not self.measured:
            return None
        return self.measured / self.floor if self.better == "more" else self.floor / self.measured


@dataclass(slots=True)
class Report:
    """A run's figures."""

    console: Console
    rows: list[Row] = field(default_factory=list)
    cpu: dict[str, dict[str, float]] = field(default_factory=dict)
    """CPU-µs a reading, by scenario and process."""
    details: dict[str, Any] = field(default_factory=dict)
    balance: list[str] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def add(self, row: Row) -> Row:
        """Note a figure, and say it at once."""
        self.rows.append(row)
        self.console.print(
            f"  {row.name}: [bold]{_number(row.measured)}[/] {row.unit} {row.note}", highlight=False
        )
        return row

    def value(self, name: str) -> float | None:
        """A figure by its name."""
        return next((row.measured for row in self.rows if row.name == name), None)

    def show(self) -> None:
        """Print everything."""
        table = Table(
            "measure", "at least", "aim", "measured", "× floor", "", title="the meters' door, measured"
        )
        for row in self.rows:
            sign = "≥" if row.better == "more" else "≤"
            ratio = row.ratio
            table.add_row(
                row.name,
                "" if row.floor is None else f"{sign} {_number(row.floor)}",
                "" if row.aim is None else f"{sign} {_number(row.aim)}",
                f"{_number(row.measured)} {row.unit}",
                "" if ratio is None else f"{ratio:.2f}",
                "" if ratio is None else ("met" if ratio >= 1 else "[red]short[/]"),
            )
        self.console.print(table)
        if self.cpu:
            self.console.print(
                "\nCPU-µs a reading, every process of ours together (the generator that sends is none of them):"
            )
        for scenario, by in self.cpu.items():
            parts = sorted(((us, name) for name, us in by.items() if us >= 0.05), reverse=True)
            together = sum(us for name, us in by.items() if name != "generator")
            self.console.print(f"[bold]{together:6.2f}[/] {scenario}", highlight=False)
            self.console.print(
                Padding(" · ".join(f"{name} {us:.2f}" for us, name in parts), (0, 0, 0, 7)), highlight=False
            )
        for line in self.balance:
            self.console.print(line, highlight=False)

    def save(self, kind: str) -> Path:
        """Write it to bench/results/; returns the file's path."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.began:%Y%m%dT%H%M%SZ}-{kind}.json"
        content = {
            "began": self.began.isoformat(),
            "ended": datetime.now(UTC).isoformat(),
            "kind": kind,
            "machine": machine(),
            "rows": [{**asdict(row), "ratio": row.ratio} for row in self.rows],
            "cpu_us_per_reading": self.cpu,
            "details": self.details,
            "balance": self.balance,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        return path


def machine() -> dict[str, Any]:
    """What it ran on, and with which versions."""
    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next(
            (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model
        )
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "cpu": model,
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": os.getloadavg(),
        "python": platform.python_version(),
        "commit": git.stdout.strip(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }


def _number(value: float) -> str:
    if value != value:  # not a number: nothing was measured
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
