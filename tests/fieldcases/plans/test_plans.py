"""Every case file beside this one: a slip in a plan's folder, and the faults that must be named."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kit.plan_folder import change, copied, faults, place_of

CASES = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_plan(case: Path, tmp_path: Path) -> None:
    told: dict[str, Any] = json.loads(case.read_text(encoding="utf-8"))
    folder = copied(tmp_path)
    for name, old, new in told["changes"]:
        change(place_of(folder, name), old, new)
    left = faults(folder)
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
