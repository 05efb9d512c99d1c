"""Designations: who stands, since when, and what ends that (§6.5)."""

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plans.loader import load_plan
from services.assessment.common.region import Region
from services.assessment.designations.decisions import (
    DESIGNATION,
    AssessDesignation,
    Designate,
    Known,
    WarnDesignation,
    WithdrawDesignation,
)
from services.assessment.designations.facts import (
    Designated,
    Designation,
    DesignationAssessed,
    DesignationWarned,
    DesignationWithdrawn,
)
from services.assessment.designations.kinds import kind_on, kinds
from tests.kit.spec import given

D = date.fromisoformat
DESIGNATE = Designate(
    designation="D-1",
    kind="enterprise_technology_centre",
    name="示例技术中心",
    region="350200",
    designated_on=D("2013-02-26"),
    issuer="省经贸委",
    evidence="88号",
    fields=("ei_led",),
)
CENTRE = kind_on("enterprise_technology_centre", D("2013-02-26"))
KNOWN = Known(
    today=D("2013-03-05"), by="office", kind=CENTRE, region=Region("350200", "厦门市", "prefecture")
)
LATER = Known(today=D("2013-12-01"), by="office", kind=CENTRE)
FACTS: dict[str, Any] = asdict(DESIGNATE)
DESIGNATED = Designated(**FACTS)
ASSESS = AssessDesignation(
    designation="D-1", year=2013, score=Decimal("62.5"), on=D("2013-11-20"), evidence="1号"
)
WARN = WarnDesignation(designation="D-1", on=D("2013-11-25"), reason="r", evidence="2号")
WITHDRAW = WithdrawDesignation(designation="D-1", reason="r", evidence="3号")


def test_a_centre_is_designated_once() -> None:
    given(DESIGNATION).when(DESIGNATE, KNOWN).then(DESIGNATED)
    given(DESIGNATION, DESIGNATED).when(DESIGNATE, KNOWN).changes_nothing()
    other = replace(DESIGNATE, name="另一中心")
    given(DESIGNATION, DESIGNATED).when(other, KNOWN).rejects("designated already", code="exists")


@pytest.mark.parametrize(
    ("said", "known", "why"),
    [
        ({}, {"kind": None}, "No kind"),
        ({"level": "municipal"}, {}, "these levels: provincial, national"),
        ({"fields": ("ei_ships",)}, {}, "has no field 'ei_ships'"),
        ({}, {"region": None}, "not a region"),
        (
            {},
            {"region": Region("350200", "x", "county", valid_from=D("2014-01-01"))},
            "not a region on 2013-02-26",
        ),
        ({}, {"today": D("2013-02-25")}, "after today"),
        ({}, {"other": "D-0"}, "already: D-0"),
    ],
)
def test_what_can_not_be_designated(said: dict[str, Any], known: dict[str, Any], why: str) -> None:
    given(DESIGNATION).when(replace(DESIGNATE, **said), replace(KNOWN, **known)).rejects(why)


@pytest.mark.parametrize(
    ("score", "result"),
    [("90", "excellent"), ("89.99", "qualified"), ("65", "qualified"), ("64.99", "warned"), ("60", "warned"),
     ("59.99", "failed")],
)  # fmt: skip
def test_a_score_comes_to_what_the_scale_says_and_the_limit_itself_has_the_better_result(
    score: str, result: str
) -> None:
    outcome = given(DESIGNATION, DESIGNATED).when(replace(ASSESS, score=Decimal(score)), LATER)
    (made,) = outcome.events
    assert isinstance(made, DesignationAssessed)
    assert made.result == result
    assert isinstance(outcome.state, Designation)
    assert outcome.state.standing == result


def test_a_warning_is_lifted_by_a_better_assessment() -> None:
    warned = DesignationWarned(
        designation="D-1", on=D("2013-11-25"), reason="r", evidence="2号", mend_by=None
    )
    given(DESIGNATION, DESIGNATED).when(WARN, LATER).then(warned)
    given(DESIGNATION, DESIGNATED, warned).when(WARN, LATER).changes_nothing()
    better = replace(ASSESS, score=Decimal(80), on=D("2013-11-30"))
    state = given(DESIGNATION, DESIGNATED, warned).when(better, LATER).state
    assert isinstance(state, Designation)
    assert state.standing == "qualified"
    given(DESIGNATION, DESIGNATED, warned).when(ASSESS, LATER).rejects(
        "before 2013-11-25, since when it is warned"
    )


def test_a_kind_without_a_scale_is_not_scored() -> None:
    leader = replace(LATER, kind=kind_on("industry_leader", D("2013-11-20")))
    given(DESIGNATION, DESIGNATED).when(ASSESS, leader).rejects("no scale of scores")
    given(DESIGNATION, DESIGNATED).when(replace(ASSESS, year=2014), LATER).rejects("has not begun")


def test_withdrawn_is_the_end_and_what_was_never_so_is_annulled() -> None:
    gone = DesignationWithdrawn(**FACTS, withdrawn_on=D("2013-12-01"), reason="r", decision="3号")
    given(DESIGNATION, DESIGNATED).when(WITHDRAW, LATER).then(gone)
    given(DESIGNATION, DESIGNATED, gone).when(WITHDRAW, LATER).changes_nothing()
    given(DESIGNATION, DESIGNATED, gone).when(WARN, LATER).rejects("was withdrawn", code="withdrawn")
    given(DESIGNATION, DESIGNATED, gone).when(replace(WITHDRAW, annul=True), LATER).rejects("was withdrawn")
    given(DESIGNATION, DESIGNATED).when(replace(WITHDRAW, on=D("2013-12-02")), LATER).rejects("after today")
    state = given(DESIGNATION, DESIGNATED).when(replace(WITHDRAW, annul=True), LATER).state
    assert isinstance(state, Designation)
    assert state.standing == "annulled"
    given(DESIGNATION).when(WARN, LATER).rejects("no such designation", code="not-found")


def test_each_kind_serves_rows_of_the_plan_and_its_fields_are_tags_of_the_plan() -> None:
    plan = load_plan("fujian-2013")
    tags = {tag.tag for tag in plan.project_tags}
    targets = {target.target for target in plan.targets}
    for kind in kinds():
        assert targets & set(kind.rows), kind.kind
        assert set(kind.fields) <= tags
        assert kind.source
    assert kind_on("industry_leader", D("2001-01-01")) is None
