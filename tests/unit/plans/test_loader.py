"""What the loader says of broken files: file, line, field, what is wrong, what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from plans.loader import load_folder, load_plan, plan_names
from plans.source import Fault, PlanError
from tests.kit.plan_folder import change, copied, loaded, place_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


def faults(folder: Path) -> list[Fault]:
    """What is wrong with the copy, which must not load; each says what to do."""
    with pytest.raises(PlanError) as refused:
        loaded(folder)
    for fault in refused.value.faults:
        assert fault.problem
        assert fault.remedy
        assert str(fault) in str(refused.value)
    return refused.value.faults


def test_an_unchanged_copy_loads(folder: Path) -> None:
    assert load_folder(folder) == load_plan("fujian-2013")


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "says"),
    [
        # one row
        ("targets.csv", "福州市660亿元,660,", "福州市660亿元,many,", "value", "valid decimal"),
        ("targets.csv", "2600,,CNY_1e8,亿元,at_least", "2600,,CNY_1e8,亿元,about", "comparator", "at_least"),
        ("targets.csv", "higher_is_better", "lower_is_better", None, "does not fit comparator"),
        ("targets.csv", ",online_monitoring_coverage,", ",online_coverage,", "measure", "energy_intensity"),
        ("targets.csv", "plan of 27 January 2013,S", "plan of 27 January 2013,sure", "confidence", "M-high"),
        ("targets.csv", "plan of 27 January 2013,S", ",S", "source", "required"),
        ("targets.csv", "2013-Q1,2013-03-31", "2013-Q1,2013-04-30", None, "outside period"),
        ("common/regions.csv", "2014-11-30", "2009-11-30", None, "before valid_from"),
        ("common/coefficients.csv", "0.2857,0.4286", "0.4286,0.2857", None, "kgce_low must be below"),
        ("common/coefficients.csv", ",kg,0.7143", ",kg,-0.7143", "kgce", "greater than 0"),
        ("calendar.yaml", "day: 5", "day: 31", "due.day_of_next_month.day", "less than or equal to 28"),
        ("calendar.yaml", "recurrence: monthly", "recurrence: quarterly", None, "does not fit recurrence"),
        ("calendar.yaml", "roll: none", "rolls: none", "rolls", "not permitted"),
        ("calendar.yaml", "date: 2013-02-28", "date: 2013-02-30", "date", "no value"),
        ("plan.yaml", "year: 2013", "year: thirteen", "year", "valid integer"),
        # between rows
        ("targets.csv", "福州市660亿元,660,", "福州市660亿元,661,", "whole", "add up to 2601"),
        ("targets.csv", "\nTR-2,", "\nTR-1,", "target", "stands already on line 2"),
        ("targets.csv", "350200,prefecture,,TR-1", "350299,prefecture,,TR-1", "region", "not in regions.csv"),
        ("targets.csv", "350200,prefecture,,TR-1", "350203,prefecture,,TR-1", "level", "not a prefecture"),
        ("target_bases.csv", "TR-2,", "TR-99,", "target", "not in targets.csv"),
        (
            "common/regions.csv",
            "350102,鼓楼区,county,district,350100",
            "350102,鼓楼区,county,district,351000",
            "parent",
            "351000",
        ),
        (
            "common/regions.csv",
            "350102,鼓楼区,county,district,350100",
            "350102,鼓楼区,county,district,350103",
            "parent",
            "under",
        ),
        ("common/regions.csv", "2014-12-01", "2014-12-02", "valid_from", "not on the day before"),
        ("common/region_relations.csv", "PT,part_of,350100", "PT,part_of,359900", "to", "359900"),
        ("calendar.yaml", "who: prefecture_governments", "who: prefectures", "who", "actors"),
        ("calendar.yaml", "date: 2013-02-28", "date: 2013-01-02", "due", "before the plan was issued"),
        (
            "common/coefficients.csv",
            "2008-06-01,2012-12-31",
            "2008-06-01,2013-01-01",
            "valid_from",
            "has another coefficient",
        ),
        (
            "common/coefficients.csv",
            "both,kg,0.7143,,,20934",
            "both,t,0.7143,,,20934",
            "unit",
            "counted in kg",
        ),
        ("sectors.csv", ",4411,", ",D4411,", "include", "code prefix"),
        ("common/monitoring.yaml", "threshold_tce: 10000", "threshold_tce: 100", None, "must not be above"),
        ("appraisal.yaml", "self_due: [1, 31]", "self_due: [2, 30]", "self_due", "out of range"),
        ("appraisal.yaml", "awards: [2000000,", "awards: [1000000,", "awards", "a later place brings more"),
        ("appraisal.yaml", "{item: starts,", "{item: reporting,", "items", "stands already"),
        ("common/limits.csv", "limit,kgce_per_t,120,", "limit,kgce_per_t,100,", "value", "looser"),
        ("common/limits.csv", "GB 21342-2008,", "GB 21342-2003,", "standard", "not in limit_standards.csv"),
        ("common/limits.csv", ",access,kWh_per_t", ",limit,kWh_per_t", "level", "the same limit stands"),
        (
            "common/limit_standards.csv",
            "2013-09-30",
            "2013-09-29",
            "replaces",
            "does not end on the day before",
        ),
        ("prices.yaml", "08:30-11:30", "8:30-11:30", "hours.0", "pattern"),
        ("prices.yaml", "rule: higher_one", "rule: lower_one", "rule", "higher_one"),
        ("plan.yaml", "plan: fujian-2013", "plan: fujian-2014", "plan", "its folder"),
    ],
)
def test_a_wrong_value_is_named_by_file_field_and_what_to_do(
    folder: Path, file: str, old: str, new: str, field: str | None, says: str
) -> None:
    change(place_of(folder, file), old, new)
    found = faults(folder)
    named = [(fault.field, str(fault)) for fault in found]
    assert any(fault_field == field and says in text for fault_field, text in named), named


def test_a_fault_names_the_line(folder: Path) -> None:
    line = change(folder / "targets.csv", "福州市660亿元,660,", "福州市660亿元,many,")
    (fault,) = faults(folder)
    assert (fault.file, fault.line, fault.field) == ("targets.csv", line, "value")
    assert "many" in fault.remedy


def test_a_fault_in_a_tree_names_the_line(folder: Path) -> None:
    line = change(folder / "calendar.yaml", "kind: bulletin", "kind: leaflet")
    (fault,) = faults(folder)
    assert (fault.file, fault.line, fault.field) == ("calendar.yaml", line, "kind")


def test_every_fault_is_reported_at_once(folder: Path) -> None:
    change(folder / "targets.csv", "福州市660亿元,660,", "福州市660亿元,many,")
    change(place_of(folder, "common/regions.csv"), "2014-11-30", "2009-11-30")
    change(folder / "calendar.yaml", "day: 5", "day: 31")
    assert {fault.file for fault in faults(folder)} == {"targets.csv", "common/regions.csv", "calendar.yaml"}


def drop_file(folder: Path) -> None:
    (folder / "targets.csv").unlink()


def other_encoding(folder: Path) -> None:
    text = (place_of(folder, "common/units.csv")).read_text(encoding="utf-8")
    (place_of(folder, "common/units.csv")).write_text(text, encoding="gb18030")


def unknown_column(folder: Path) -> None:
    change(place_of(folder, "common/units.csv"), "factor", "faktor")


def column_twice(folder: Path) -> None:
    change(place_of(folder, "common/units.csv"), "meaning,kind", "meaning,meaning")


def short_row(folder: Path) -> None:
    change(place_of(folder, "common/units.csv"), "CNY,元,yuan,money,", "CNY,元,money,")


def open_quote(folder: Path) -> None:
    change(place_of(folder, "common/units.csv"), "CNY,元", 'CNY,"元"x')


def broken_yaml(folder: Path) -> None:
    change(folder / "registers.yaml", "level: province", "level: province: x")


def key_twice(folder: Path) -> None:
    change(folder / "registers.yaml", "    level: province\n", "    level: province\n    level: county\n")


def not_a_mapping(folder: Path) -> None:
    (folder / "registers.yaml").write_text("- a\n- b\n", encoding="utf-8")


def empty_list(folder: Path) -> None:
    text = (folder / "plan.yaml").read_text(encoding="utf-8")
    head, rest = text.split("\nprogrammes:", 1)
    (folder / "plan.yaml").write_text(
        f"{head}\nprogrammes: []\n{rest[rest.index('actors:') :]}", encoding="utf-8"
    )


def stray_key(folder: Path) -> None:
    with (folder / "registers.yaml").open("a", encoding="utf-8") as file:
        file.write("notes: []\n")


@pytest.mark.parametrize(
    ("break_it", "file", "says"),
    [
        (drop_file, "targets.csv", "missing"),
        (other_encoding, "common/units.csv", "UTF-8"),
        (unknown_column, "common/units.csv", "faktor: unknown column"),
        (column_twice, "common/units.csv", "stands twice"),
        (short_row, "common/units.csv", "8 cells where the header has 9"),
        (open_quote, "common/units.csv", "not CSV"),
        (broken_yaml, "registers.yaml", "not YAML"),
        (key_twice, "registers.yaml", "stands twice"),
        (not_a_mapping, "registers.yaml", "not a mapping"),
        (empty_list, "plan.yaml", "missing or empty"),
        (stray_key, "registers.yaml", "unknown key"),
    ],
)
def test_a_broken_file_is_named(folder: Path, break_it: Callable[[Path], None], file: str, says: str) -> None:
    break_it(folder)
    texts = [str(fault) for fault in faults(folder) if fault.file == file]
    assert any(says in text for text in texts), texts


def test_a_broken_file_is_named_once_however_many_lists_it_holds(folder: Path) -> None:
    change(folder / "prices.yaml", "metering:", "metering: x: y")
    assert [fault.file for fault in faults(folder)] == ["prices.yaml"]


def test_an_unknown_plan_names_those_there_are() -> None:
    with pytest.raises(PlanError, match="fujian-2013"):
        load_plan("fujian-2031")
    assert plan_names() == ["fujian-2013"]


def test_a_path_is_no_plan_name() -> None:
    with pytest.raises(PlanError, match="no such plan"):
        load_plan("../plans/fujian-2013")


def test_two_project_rules_of_one_name_do_not_hold_at_once(folder: Path) -> None:
    text = (folder / "project_rules.yaml").read_text(encoding="utf-8")
    start = text.index("  - rule: acceptance")
    again = text[start : text.index("  - rule:", start + 10)].replace("2013-01-27", "2013-06-01")
    (folder / "project_rules.yaml").write_text(text + "\n" + again, encoding="utf-8")
    assert [fault.file for fault in faults(folder)] == ["project_rules.yaml"]


def test_a_tag_belongs_to_a_programme_of_the_plan(folder: Path) -> None:
    change(folder / "project_tags.csv", "tr_outstanding,TR,", "tr_outstanding,TT,")
    assert [(fault.file, fault.field) for fault in faults(folder)] == [("project_tags.csv", "programme")]


def test_a_plan_adds_rows_to_the_countrys(folder: Path) -> None:
    header = (folder.parent / "common" / "units.csv").read_text(encoding="utf-8").splitlines()[0]
    own = "CNY_1e6,百万元,million yuan,money,CNY,1000000,this plan's own usage,S,"
    (folder / "units.csv").write_text(f"# money only\n{header}\n{own}\n", encoding="utf-8")
    units = loaded(folder).units
    assert [unit.unit for unit in units][-2:] == ["CNY_per_kWh", "CNY_1e6"]


def test_a_row_that_the_country_has_already_is_named_with_both_places(folder: Path) -> None:
    lines = (folder.parent / "common" / "units.csv").read_text(encoding="utf-8").splitlines()
    (folder / "units.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    (fault,) = faults(folder)
    assert (fault.file, fault.line) == ("units.csv", 2)
    assert "line 2 of common/units.csv" in fault.problem


def test_a_plan_sees_the_regions_of_its_own_province(folder: Path) -> None:
    common = folder.parent / "common"
    with (common / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("990000,某省,province,province,,true,2010-01-01,,,made up,I,\n")
        file.write("990100,某市,prefecture,prefecture,990000,true,2010-01-01,,,made up,I,\n")
    assert loaded(folder).regions == load_plan("fujian-2013").regions


def test_a_plan_may_be_small(folder: Path) -> None:
    for file in (
        "funds.yaml",
        "measures.yaml",
        "registers.yaml",
        "project_rules.yaml",
        "appraisal.yaml",
        "prices.yaml",
        "sectors.csv",
    ):
        (folder / file).unlink()
    small = loaded(folder)
    assert (small.funds, small.measures, small.sectors) == ((), (), ())
