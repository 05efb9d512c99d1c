"""Domain code is pure: it imports the standard library, its own package and its service's `common`, nothing else."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("services/*/domain/**/*.py"))


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


def test_there_are_domains() -> None:
    assert {path.relative_to(ROOT).parts[1] for path in FILES} >= {"energy"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_domain_file_imports_the_standard_library_and_its_own_package(path: Path) -> None:
    service = ".".join(path.relative_to(ROOT).parts[:2])
    own = (f"{service}.domain", f"{service}.common")
    foreign = {
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == one or name.startswith(f"{one}.") for one in own)
    }
    assert not foreign
