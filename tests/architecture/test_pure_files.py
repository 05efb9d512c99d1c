"""Facts and decisions are pure: they import the standard library and their own service, decisions also what limits and
names values. What they may reach through those is a contract of `pyproject.toml`."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("assessment", "energy", "projects")
"""Those that decide. What progress measures with has a contract of its own."""
KINDS = ("facts", "decisions")
FILES = sorted(
    path
    for service in SERVICES
    for path in (ROOT / "services" / service).glob("**/*.py")
    if path.stem in KINDS or path.parent.name in KINDS
)
VALUES = {"shared.command", "shared.values"}


def imported(path: Path) -> set[str]:
    """The absolute names of all modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).with_suffix("").parts[: -node.level] if node.level else ()
            names.add(".".join((*package, *([node.module] if node.module else []))))
    return names


def test_there_are_facts_and_decisions_of_every_service() -> None:
    found = {(path.relative_to(ROOT).parts[1], kind) for path in FILES for kind in KINDS if kind in str(path)}
    assert found >= {(service, kind) for service in SERVICES for kind in KINDS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_file_imports_the_standard_library_and_its_own_service(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).parts[:2])
    foreign = {
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and name != own
        and not name.startswith(f"{own}.")
    }
    facts = path.stem == "facts" or path.parent.name == "facts"
    assert foreign <= (set() if facts else VALUES)
