"""The shape's numbers, counted in a small house."""

import json
from pathlib import Path

from bench.shape import shape

DOMAIN = """
from dataclasses import dataclass

@dataclass(frozen=True)
class HoldDiagnosis:
    diagnosis: str
    today: str

@dataclass(frozen=True)
class Alone:
    name: str
"""
MODELS = """
from pydantic import BaseModel

class HoldDiagnosis(BaseModel):
    diagnosis: str
    evidence: str
"""


def test_operations_twins_and_the_files_that_name_a_command_are_counted(tmp_path: Path) -> None:
    for name, text in (
        ("domain.py", DOMAIN),
        ("models.py", MODELS),
        ("api.py", 'OPERATIONS = ("hold-diagnosis", "list-diagnoses")\n'),
        ("migrations/0001_first.py", "HoldDiagnosis = 1\n"),
    ):
        file = tmp_path / "services" / "projects" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    contract = tmp_path / "shared" / "contracts" / "projects" / "operations.json"
    contract.parent.mkdir(parents=True)
    kinds = {"hold-diagnosis": {"kind": "command"}, "list-diagnoses": {"kind": "query"}}
    contract.write_text(json.dumps({"operations": kinds}))

    counted = shape(tmp_path, "projects")

    lines = DOMAIN.count("\n") + MODELS.count("\n") + 1
    assert (counted.files, counted.lines) == (3, lines)
    assert (counted.commands, counted.queries, counted.lines_an_operation) == (1, 1, lines / 2)
    assert (counted.classes_twice, counted.fields_twice, counted.fields_of_those) == (1, 1, 2)
    assert counted.files_a_command == 3
