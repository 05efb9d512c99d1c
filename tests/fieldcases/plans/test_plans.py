"""Every case file beside this one: a slip in a plan's folder, and the faults that must be named."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from plans.loader import COMMON, HOME, load_folder
from plans.source import Fault, PlanError

CASES = sorted(Path(__file__).parent.glob("*.json"))


def _faults(folder: Path) -> list[Fault]:
    try:
        load_folder(folder, folder.parent / "common")
    except PlanError as error:
        return error.faults
    return []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_plan(case: Path, tmp_path: Path) -> None:
    told: dict[str, Any] = json.loads(case.read_text(encoding="utf-8"))
    shutil.copytree(COMMON, tmp_path / "common")
    folder = Path(shutil.copytree(HOME / "fujian-2013", tmp_path / "fujian-2013"))
    for name, old, new in told["changes"]:
        file = (tmp_path if name.startswith("common/") else folder) / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{case.name}: {name} doesn't say {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    left = _faults(folder)
    for right in told["faults"]:
        (fault,) = [each for each in left if right["says"] in each.problem and each.file == right["file"]]
        assert fault.field == right["field"]
        assert fault.line is not None
        assert fault.line == right.get("line", fault.line)
        assert right["remedy"] in fault.remedy
        left.remove(fault)
    assert not left, f"not named in the case: {[str(each) for each in left]}"


def test_every_case_stands_in_the_readme() -> None:
    told = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    assert [case.stem for case in CASES if f"`{case.stem}`" not in told] == []
