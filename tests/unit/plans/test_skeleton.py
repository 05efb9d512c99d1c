"""What `shengji plan new` writes can be loaded as it is."""

from pathlib import Path

import pytest

from plans.loader import load_folder
from plans.skeleton import Occupied, write


def test_a_new_plan_of_a_new_province_loads_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "minbei-2014", "990000", 2014)
    plan = load_folder(tmp_path / "minbei-2014")
    assert plan.code == "minbei-2014"
    assert [region.code for region in plan.regions] == ["990000", "990100", "990200", "990121"]
    assert {target.region for target in plan.targets} == {"990000", "990100", "990200"}
    assert plan.duties[0].instances()[0].due_on.isoformat() == "2014-02-05"
    assert set(plan.parts()) == {"assessment", "energy", "projects"}


def test_a_new_plan_of_a_known_province_takes_the_countrys_regions(tmp_path: Path) -> None:
    write(tmp_path / "fujian-2015", "350000", 2015)
    plan = load_folder(tmp_path / "fujian-2015")
    assert not (tmp_path / "fujian-2015" / "regions.csv").exists()
    assert {target.region for target in plan.targets} == {"350000", "350100", "350200"}
    assert "PT" in {region.code for region in plan.regions}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Occupied, match="not empty"):
        write(tmp_path, "990000", 2014)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
