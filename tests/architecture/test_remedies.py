"""Every refusal says what to do: each place in the code that raises one is walked."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
import shared
from services.energy.common.remedies import REMEDIES as ENERGY
from services.projects.common.remedies import REMEDIES as PROJECTS

ROOT = Path(services.__file__).parent
BY_CODE = {"projects": PROJECTS, "energy": ENERGY, "assessment": {}}


def _refusals(service: str) -> Iterator[tuple[str, str | None, ast.expr | None]]:
    """(place, code, remedy) of every `Refused(…)`; the code None where it isn't written there."""
    for file in sorted((ROOT / service).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                given = {each.arg: each.value for each in node.keywords}
                code = given.get("code", node.args[0] if service == "energy" and node.args else None)
                told = str(code.value) if isinstance(code, ast.Constant) else None
                place = f"{file.relative_to(ROOT)}:{node.lineno}"
                yield place, "refused" if code is None else told, given.get("remedy")


@pytest.mark.parametrize("service", BY_CODE)
def test_every_refusal_has_a_remedy(service: str) -> None:
    found = list(_refusals(service))
    assert len(found) > 20
    without = [
        (place, code)
        for place, code, remedy in found
        if (remedy is None or (isinstance(remedy, ast.Constant) and not remedy.value))
        and code not in BY_CODE[service]
    ]
    assert not without, "give these a remedy, or their code one in common/remedies.py"


@pytest.mark.parametrize("folder", [ROOT, Path(shared.__file__).parent], ids=["services", "shared"])
def test_every_problem_has_a_remedy(folder: Path) -> None:
    """Also those that no decision refuses: of doors, queries and calls."""
    found, without = 0, []
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("Problem", "invalid"):
                found += 1
                remedy = next((each.value for each in node.keywords if each.arg == "remedy"), None)
                if remedy is None or (isinstance(remedy, ast.Constant) and not remedy.value):
                    without.append(f"{file.relative_to(folder)}:{node.lineno}")
    assert found > 10
    assert not without


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


@pytest.mark.parametrize("service", BY_CODE)
def test_a_remedy_that_is_a_parameter_has_no_empty_default(service: str) -> None:
    """A helper that refuses for others may leave the remedy to its callers, if none of them can forget it."""
    forgotten = []
    for file in sorted((ROOT / service).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name != "__init__":
                arguments = node.args.args + node.args.kwonlyargs
                defaults = [*node.args.defaults, *node.args.kw_defaults]
                named = dict(zip(reversed(arguments), reversed(defaults), strict=False))
                forgotten += [
                    f"{file.relative_to(ROOT)}:{node.lineno}"
                    for argument, default in named.items()
                    if argument.arg == "remedy" and isinstance(default, ast.Constant) and not default.value
                ]
    assert not forgotten
