"""What a spreadsheet's row says otherwise than a known project does."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.projects.common.refusal import Refused
from services.projects.imports.changes import check_agreed, compared
from services.projects.projects.decisions.commands import RegisterProject
from services.projects.projects.facts import Project, ProjectRegistered, Unregistered, evolve
from services.projects.projects.stages.facts import ProjectStageCorrected, Stage

DAY = date(2013, 1, 10)
REGISTERED = ProjectRegistered(
    project="P-1",
    name="纺织技改项目",
    region="350181",
    industry="C1751",
    total_investment=Decimal("120000000.00"),
    equipment_investment=Decimal("83500000.00"),
    programmes=("EI", "TR"),
    registers=(),
    planned_on=DAY,
    registered_on=DAY,
    reported_by="p",
    enterprise_name="示例厂",
    tags=("ei_led",),
    bank_loan=Decimal("30000000"),
)
SAID = {
    "project": "P-1",
    "name": "纺织技改项目",
    "region": "350181",
    "industry": "1751",
    "total_investment": "120000000",
    "equipment_investment": "83500000",
}


def known() -> Project:
    state = evolve(Unregistered(), REGISTERED)
    assert isinstance(state, Project)
    return state


def differs(state: Project, tags: tuple[str, ...] = ("ei_led",), **said: Any) -> dict[str, tuple[Any, Any]]:
    row = {**SAID, **said}
    body = TypeAdapter(RegisterProject).validate_python(row)
    return dict(compared(state, body, row.keys(), ("TR", "EI"), tags))


def test_the_same_in_other_forms_is_no_change_and_what_is_empty_stays() -> None:
    assert differs(known(), confirmed=True, reported_by="q") == {}


def test_each_field_that_differs_has_its_old_and_new_value() -> None:
    assert differs(known(), tags=("ei_led", "ei_a"), name="新名称", bank_loan="1", enterprise="E-1") == {
        "name": ("纺织技改项目", "新名称"),
        "enterprise": (None, "E-1"),
        "bank_loan": (Decimal(30000000), Decimal(1)),
        "tags": (["ei_led"], ["ei_a", "ei_led"]),
    }


def test_a_planning_that_was_corrected_is_compared_as_it_is_now() -> None:
    corrected = ProjectStageCorrected(
        project="P-1",
        step=1,
        wrong_stage=Stage.PLANNED,
        wrong_on=DAY,
        reason="笔误",
        reported_by="p",
        status=Stage.PLANNED,
        status_on=date(2013, 1, 8),
        stage=Stage.PLANNED,
        on=date(2013, 1, 8),
        evidence="榕〔2013〕1号",
    )
    state = evolve(known(), corrected)
    assert isinstance(state, Project)
    assert differs(state, planned_on="2013-01-08", evidence="榕〔2013〕1号") == {}
    assert differs(state, planned_on="2013-01-10") == {"planned_on": (date(2013, 1, 8), DAY)}


def test_a_region_never_changes() -> None:
    with pytest.raises(Refused) as refused:
        differs(known(), region="350100")
    assert (refused.value.code, refused.value.where) == ("region-fixed", "region")


@pytest.mark.parametrize(
    ("shown", "reason", "code"),
    [([], "核对", "change-not-shown"), ("same", None, "change-not-agreed"), ("same", "核对", None)],
)
def test_what_was_shown_and_agreed_to_is_carried_out(
    shown: Any, reason: str | None, code: str | None
) -> None:
    changes = [{"column": "项目名称", "field": "name", "old": "甲", "new": "乙"}]
    told = changes if shown == "same" else shown
    if code is None:
        check_agreed(changes, told, reason)
        return
    with pytest.raises(Refused, match="甲 → 乙") as refused:
        check_agreed(changes, told, reason)
    assert refused.value.code == code
