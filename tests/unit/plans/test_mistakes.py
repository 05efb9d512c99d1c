"""Mistakes that a plan's author makes: each is refused in words, and the rows are named by file and line.

What a single row cannot hold (a misspelt column, a wrong type) stands in test_loader.
"""

from pathlib import Path

import pytest

from tests.kit.plan_folder import change, copied, faults

MISTAKES = [
    (
        "targets.csv",
        '"Technology renovation investment, province",技改投资,全年完成技改投资2600亿元,2600',
        '"Technology renovation investment, province",技改投资,全年完成技改投资2600亿元,-2600',
        "add up to 2600, but TR-1 is -2600",
    ),
    (
        "targets.csv",
        ",2013,2013-12-31,350000,province,,,tech_renovation_investment,",
        ",2013,2013-12-31,350000,province,,,tally,",
        "unit or measure differs",
    ),
    ("targets.csv", "2600,,CNY_1e8,亿元", "2600,,CNY_1e4,亿元", "unit or measure differs"),
    (
        "targets.csv",
        ",percent,%,at_least,,higher_is_better,rate,2013,",
        ",count,%,at_least,,higher_is_better,rate,2013,",
        "a rate of growth in count",
    ),
    (
        "targets.csv",
        "higher_is_better,flow,2013,2013-12-31,350000,province,,,tech_renovation_investment,",
        "higher_is_better,stock,2013,2013-12-31,350000,province,,,tech_renovation_investment,",
        "tech_renovation_investment is no stock",
    ),
    (
        "target_bases.csv",
        "TR-2,previous_year,2000,CNY_1e8,2012",
        "TR-2,previous_year,2000,CNY_1e8,2011",
        "The year before is 2012",
    ),
    (
        "target_bases.csv",
        "TR-2,previous_year,2000,CNY_1e8",
        "TR-2,previous_year,2000,tce",
        "investment is no amount of tce",
    ),
    ("target_bases.csv", "TR-2,previous_year,2000", "TR-2,previous_year,-2000", "nothing grows from -2000"),
    ("target_bases.csv", "TR-2,previous_year,2000", "TR-2,previous_year,0", "nothing grows from 0"),
    ("calendar.yaml", "levels: [prefecture]", "levels: [prefecture, prefecture]", "prefecture stands twice"),
    (
        "calendar.yaml",
        "carried_by: monthly_report",
        "carried_by: monthly_bulletin",
        "carries out a monthly bulletin, not a monthly report",
    ),
    ("calendar.yaml", 'last_period: "2013-12"', 'last_period: "2014-12"', "outside the plan year 2013"),
    ("calendar.yaml", 'skips: ["2013-01"]', 'skips: ["2012-01"]', "2012-01 is none of its periods"),
    ("funds.yaml", "amount: 300000000", "amount: 30000", "one project may get 5000000, the fund has 30000"),
    ("funds.yaml", "valid_to: 2013-12-31", "valid_to: 2012-12-31", "before it begins"),
    ("funds.yaml", "fund: TR-20", "fund: TR-19", "stands already"),
    (
        "funds.yaml",
        "      - valid_from: 2013-01-01",
        "      - valid_from: 2012-01-01",
        "days on which it isn't there",
    ),
    ("measures.yaml", "owner: 省经贸委", "owner: 省经委", "not in plan.yaml actors"),
    ("measures.yaml", "due_on: 2013-12-31", "due_on: 2012-12-31", "before the plan was issued"),
    ("measures.yaml", "measure: TR-23c", "measure: TR-23a", "stands already"),
    ("measures.yaml", '{item: "02", name: 第二条}', '{item: "01", name: 第二条}', "stands already"),
    ("registers.yaml", "register: city_key", "register: provincial_key", "stands already"),
    ("project_tags.csv", "tr_relocation,", "tr relocation,", "match pattern"),
    ("project_rules.yaml", "opinion_days: 10", 'opinion_days: "ten"', "valid integer"),
    ("project_rules.yaml", "rule: acceptance", "rule: acceptence", "nothing goes by a rule 'acceptence'"),
    ("project_rules.yaml", 'words: "0.35"', 'words: "3.5"', "less than or equal to 1"),
    ("project_rules.yaml", '["110000", "120000"', '["110000", "110000"', "110000 stands twice"),
    (
        "project_rules.yaml",
        "      lead: development_reform_commission",
        "      lead: nobody",
        "none of the departments",
    ),
    ("project_rules.yaml", "valid_from: 2013-01-27", "valid_from: 2031-01-27", "after the plan's year"),
    ("appraisal.yaml", "below: 60", "below: 600", "100 points at most"),
    ("appraisal.yaml", "due_years_after: 1", "due_years_after: 0", "before the assessed year is over"),
    (
        "appraisal.yaml",
        "verify_due: [2, 28]",
        "verify_due: [1, 15]",
        "before the cities have handed theirs in",
    ),
    ("sectors.csv", "steel,", "building_materials,", "stands already"),
    ("monitoring.yaml", "silent_after_hours: 2", "silent_after_hours: 0", "greater than 0"),
    ("monitoring.yaml", "silent_after_hours: 2", "silent_after_hours: 2000", "less than or equal to 744"),
    ("plan.yaml", "year: 2013", "year: 2014", "outside the plan year 2014"),
    ("plan.yaml", "issued_on: 2013-01-27", "issued_on: 2031-01-27", "before the plan was issued"),
    ("plan.yaml", 'province: "350000"', 'province: "350100"', "no province of regions.csv"),
    ("plan.yaml", "time_zone: Asia/Shanghai", "time_zone: Asia/Beijing", "Asia/Shanghai"),
    ("plan.yaml", "code: PM,", "code: TR,", "stands already"),
    ("plan.yaml", "parts: [TR-6a, TR-6b", "parts: [TR-6a, TR-6a", "add up to 3060"),
    ("plan.yaml", "confidence: S}\n  - {code: PM", "confidence: Z}\n  - {code: PM", "M-high"),
    ("targets.csv", "TR-3,TR,", "XX-3,TR,", "does not belong to programme TR"),
    ("targets.csv", "TR-3,TR,", "TR-3,EN,", "does not belong to programme EN"),
    ("targets.csv", "350200,prefecture,,TR-1", "350100,prefecture,,TR-1", "stands already"),
    (
        "targets.csv",
        'plan of 27 January 2013,S,"a bare',
        'plan of 27 January 2013,,"a bare',
        "Field required",
    ),
    ("measures.yaml", 'industries: ["373"]', 'industries: ["C37"]', "no code of GB/T 4754"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), MISTAKES)
def test_a_mistake_is_refused_in_words(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    folder = copied(tmp_path)
    change(folder / file, old, new)
    found = faults(folder)
    told = [str(fault) for fault in found]
    assert any(says in one for one in told), told
    assert all(fault.remedy and (fault.line or fault.field) for fault in found)
