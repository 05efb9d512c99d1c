"""What a query answers together was true together: queries read from snapshots and from nothing else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUERIES = sorted(
    path
    for service in ("projects", "assessment", "energy")
    for path in (ROOT / "services" / service).glob("**/*.py")
    if (path.parent / "feature.py").exists()
    and path.stem not in ("acts", "depth", "flusher", "watch", "worker")
)
"""Of a feature every file but what the days bring, what counts for metrics and what writes beside the log: its checks
are given the connection of their transaction."""


def connected(path: Path) -> set[str]:
    """What a file opens connections of: the name before `.connect` and `.begin`."""
    return {
        node.func.value.attr if isinstance(node.func.value, ast.Attribute) else ast.unparse(node.func.value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("connect", "begin")
    }


def test_there_are_queries_of_every_service() -> None:
    found = [(path.relative_to(ROOT).parts[1], name) for path in QUERIES for name in connected(path)]
    assert {service for service, _ in found} == {"projects", "assessment", "energy"}
    assert len(QUERIES) > 20
    assert len(found) > 20


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_query_reads_from_snapshots(path: Path) -> None:
    assert connected(path) <= {"snapshots", "_snapshots"}
