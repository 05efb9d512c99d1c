"""Each file beside an `.expected.json` is read as the gateway and the projects service read it, without a database."""

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.gateway import sheets
from services.gateway.sheet_lines import NotRead
from services.projects.common import industries
from services.projects.common.plausibility import USUAL
from services.projects.imports import rows
from services.projects.imports.acts import SheetRow, spoilt
from services.projects.imports.cells import Unreadable
from services.projects.imports.changes import compared
from services.projects.imports.columns import places
from services.projects.imports.kinds import KINDS
from services.projects.imports.staging import Job, Staged
from services.projects.projects.decisions.commands import Registering, RegisterProject
from services.projects.projects.decisions.decide import decide
from services.projects.projects.facts import INITIAL, Project, ProjectState, evolve
from shared.headings import parted
from shared.identity import Actor

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*.expected.json"))
ON = date(2013, 6, 1)
_READ = TypeAdapter(RegisterProject)


def came_of(case: Path, expected: dict[str, Any]) -> dict[str, Any]:
    """What a file is read as: its values by row, what is wrong with others, and what was left out."""
    kind = KINDS[expected["kind"]]
    titles = {parted(name)[0] for column in kind.columns for name in (column.field, column.heading)}
    (file,) = [each for each in HERE.glob(f"{case.name.removesuffix('.expected.json')}.*") if each != case]
    try:
        with tempfile.TemporaryFile() as content:
            content.write(file.read_bytes())
            content.seek(0)
            sheet = sheets.read(content, frozenset(titles))
        known = places(sheet.heading, kind.columns)
    except NotRead as refused:
        return {"refused": {"status": refused.status, "code": refused.code}}
    except Unreadable as refused:
        return {
            "refused": {"status": 422, "code": "invalid", "why": refused.why.en, "why_zh": refused.why.zh}
        }
    staged = []
    for each in sheet.rows:
        raw = {"row": each.row, "cells": each.cells, "faults": each.faults, "merged": each.merged}
        row = SheetRow.model_validate(raw)
        staged.append(Staged(row.row, row.cells, spoilt(row, known)))
    read = rows.read(staged, known)
    job = Job(
        "I-1", kind.name, file.name, "", Actor("p", "city", "350100"), sheet.heading, 0, "checking", None, ""
    )
    carrying = rows.Carrying(kind, job, known, expected.get("regions", {}), industries.on(ON))
    good = {row.number: dict(meant.values) for row in read.rows if (meant := carrying.meant(row)) is not None}
    faults = {**read.faults, **carrying.faults}
    known_by_id = {each["project"]: registered(each) for each in expected.get("known", ())}
    return {
        "changes": {
            str(number): would_change(carrying, known_by_id[values["project"]], values)
            for number, values in good.items()
            if values.get("project") in known_by_id
        },
        "sheet": sheet.name,
        "heading_row": sheet.heading_row,
        "rows": {str(number): values for number, values in good.items()},
        "faults": {
            str(number): [[fault["column"], fault["why"], fault["why_zh"]] for fault in found]
            for number, found in sorted(faults.items())
        },
        "left_out": [[note.code, note.where] for note in sheet.left_out],
    }


def registered(body: dict[str, Any]) -> Project:
    """A project that is known, of what a request registered."""
    command = _READ.validate_python(body)
    given = Registering(
        today=ON,
        by="p",
        departments={},
        care=USUAL,
        programmes=command.programmes,
        tags=command.tags,
        investor=None,
    )
    state: ProjectState = INITIAL
    for event in decide(command, state, given):
        state = evolve(state, event)
    assert isinstance(state, Project)
    return state


def would_change(carrying: rows.Carrying, known: Project, values: dict[str, Any]) -> list[list[str]]:
    """Column, old, new of what a row says otherwise."""
    body = _READ.validate_python(values)
    programmes = body.programmes if "programmes" in values else known.registered.programmes
    tags = body.tags if "tags" in values else known.registered.tags
    found = compared(known, body, values.keys(), programmes, tags)
    shown = [carrying.shown_change(name, *both) for name, both in found.items()]
    return [[each["column"], each["old"], each["new"]] for each in shown]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_a_spreadsheet_is_read_as_its_office_means_it(case: Path) -> None:
    expected = json.loads(case.read_text("utf-8"))
    found = came_of(case, expected)
    for name, wanted in expected.items():
        if name not in ("about", "kind", "known", "regions"):
            assert found.get(name) == wanted, name


def test_every_case_has_its_line() -> None:
    told = (HERE / "README.md").read_text("utf-8")
    assert CASES
    for case in CASES:
        assert f"| {case.name.removesuffix('.expected.json')} |" in told
