"""A matched project (三维对接): investor, contract kinds, joint pre-review, signing list, reminders."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.projects.common.investor import Investor, InvestorKind
from services.projects.common.plausibility import USUAL
from services.projects.projects.acceptance.decisions import AcceptanceRule, RemindAcceptance, Reminding
from services.projects.projects.acceptance.facts import AcceptanceReminded
from services.projects.projects.decisions.commands import (
    ChangeProject,
    Changing,
    Registering,
    RegisterProject,
)
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import ProjectChanged, ProjectRegistered
from services.projects.projects.pre_reviews.decisions import (
    ConcludePreReview,
    GiveOpinion,
    Opening,
    OpenPreReview,
)
from services.projects.projects.pre_reviews.facts import (
    DepartmentOpinionGiven,
    PreReviewConcluded,
    PreReviewOpened,
)
from services.projects.projects.pre_reviews.rounds import ReviewRule
from services.projects.projects.registers.facts import RegisterJoined
from services.projects.projects.signings.decisions import AuditSigning, RecommendSigning
from services.projects.projects.signings.facts import SigningAudited, SigningRecommended
from services.projects.projects.stages.decisions.commands import PastStepIn, Reaching, ReachStage
from services.projects.projects.stages.facts import ProjectStageReached, Stage
from tests.kit.spec import given

TODAY = date(2013, 6, 30)
AMOUNT = Decimal("560000000")
INVESTOR = Investor(InvestorKind.PRIVATE, "示例集团", origin="330000", eastern=True)
REGISTERED = ProjectRegistered(
    project="P-1",
    name="锂离子动力电池生产线",
    region="350181",
    industry="3841",
    total_investment=AMOUNT,
    equipment_investment=Decimal("310000000"),
    programmes=("EI", "PM"),
    registers=(),
    planned_on=date(2013, 1, 10),
    registered_on=TODAY,
    reported_by="office",
    tags=("ei_power_batteries",),
    investor=INVESTOR,
)
RULE = ReviewRule("lead", ("lead", "land", "forestry"), opinion_days=10)
CLERK = Reaching(today=TODAY, by="clerk", departments={}, care=USUAL, review=RULE)
OPENING = Opening(today=TODAY, by="clerk", departments={}, rule=RULE)


def reached(
    stage: Stage, on: str, amount: Decimal | None = None, ceremony: str | None = None
) -> ProjectStageReached:
    return ProjectStageReached(
        project="P-1",
        stage=stage,
        on=date.fromisoformat(on),
        evidence=f"{stage}号",
        reported_by="office",
        status=stage,
        region="350181",
        amount=amount,
        ceremony=ceremony,
    )


def reach(stage: Stage, on: str, amount: Decimal | None = None, ceremony: str | None = None) -> ReachStage:
    return ReachStage(
        project="P-1",
        stage=stage,
        on=date.fromisoformat(on),
        evidence=f"{stage}号",
        reported_by="office",
        amount=amount,
        ceremony=ceremony,
    )


PRE_REPORTED = reached(Stage.PRE_REPORTED, "2013-02-01")
OPENED = PreReviewOpened(
    project="P-1",
    region="350181",
    round=1,
    lead="lead",
    departments=RULE.departments,
    opened_on=date(2013, 2, 1),
    due_on=date(2013, 2, 11),
)
PASSED = PreReviewConcluded(
    project="P-1",
    region="350181",
    round=1,
    result="passed",
    on=date(2013, 2, 10),
    reason="",
    evidence="pre_reviewed号",
)
PRE_REVIEWED = reached(Stage.PRE_REVIEWED, "2013-02-10")
NEGOTIATING = reached(Stage.NEGOTIATING, "2013-03-01")
REVIEWED = (REGISTERED, PRE_REPORTED, OPENED, PASSED, PRE_REVIEWED, NEGOTIATING)
SIGNED = reached(Stage.CONTRACT_SIGNED, "2013-06-18", AMOUNT)


def said(department: str, on: str = "2013-02-05", late: bool = False) -> DepartmentOpinionGiven:
    return DepartmentOpinionGiven(
        project="P-1",
        region="350181",
        round=1,
        department=department,
        view="agrees",
        on=date.fromisoformat(on),
        late=late,
        reason="",
        evidence="1号",
    )


def say(department: str, on: str = "2013-02-05") -> GiveOpinion:
    return GiveOpinion(
        project="P-1",
        department=department,
        view="agrees",
        on=date.fromisoformat(on),
        reason="",
        evidence="1号",
    )


def conclude(result: str = "passed", reason: str = "") -> ConcludePreReview:
    return ConcludePreReview(
        project="P-1",
        result=result,  # type: ignore[arg-type]
        on=date(2013, 2, 10),
        reason=reason,
        evidence="pre_reviewed号",
        reported_by="office",
    )


def test_a_pre_report_asks_the_departments_by_the_rule_of_its_day() -> None:
    given(PROJECT, REGISTERED).when(reach(Stage.PRE_REPORTED, "2013-02-01"), CLERK).then(PRE_REPORTED, OPENED)


def test_an_opinion_is_given_by_who_is_asked_and_late_after_its_day() -> None:
    asked = given(PROJECT, REGISTERED, PRE_REPORTED, OPENED)
    asked.when(say("land"), CLERK).then(said("land"))
    asked.when(say("land", "2013-02-11"), CLERK).then(said("land", "2013-02-11"))
    asked.when(say("land", "2013-02-12"), CLERK).then(said("land", "2013-02-12", late=True))
    asked.when(say("railways"), CLERK).rejects("is not asked", code="not-asked")
    asked.when(replace(say("land"), view="objects"), CLERK).rejects("needs its reason")
    given(PROJECT, REGISTERED, PRE_REPORTED, OPENED, said("land")).when(say("land"), CLERK).changes_nothing()
    given(PROJECT, REGISTERED).when(say("land"), CLERK).rejects("No pre-review of the project is open")


def test_the_lead_lets_pass_what_every_department_spoke_on() -> None:
    half = (REGISTERED, PRE_REPORTED, OPENED, said("land"))
    refusal = given(PROJECT, *half).when(conclude(), CLERK).rejects("gave no opinion", code="opinion-missing")
    assert refusal.extra == {"missing": ["lead", "forestry"]}  # type: ignore[attr-defined]
    whole = (*half, said("lead"), said("forestry"))
    given(PROJECT, *whole).when(conclude(), CLERK).then(PASSED, PRE_REVIEWED)
    objecting = replace(said("forestry"), view="objects", reason="林地")
    given(PROJECT, *half, said("lead"), objecting).when(conclude(), CLERK).rejects("forestry objects")


def test_a_returned_project_is_opened_for_a_further_round() -> None:
    returned = replace(PASSED, result="returned", reason="缺环评")
    history = (REGISTERED, PRE_REPORTED, OPENED)
    again = OpenPreReview(project="P-1", on=date(2013, 3, 1))
    given(PROJECT, *history).when(again, OPENING).rejects("is not returned", code="pre-review-open")
    given(PROJECT, *history).when(conclude("returned"), CLERK).rejects("needs its reason")
    given(PROJECT, *history).when(conclude("returned", "缺环评"), CLERK).then(returned)
    given(PROJECT, *history, returned).when(again, OPENING).then(
        replace(OPENED, round=2, opened_on=date(2013, 3, 1), due_on=date(2013, 3, 11))
    )


def test_the_pre_review_is_concluded_never_reported() -> None:
    given(PROJECT, REGISTERED, PRE_REPORTED, OPENED).when(
        reach(Stage.PRE_REVIEWED, "2013-02-10"), CLERK
    ).rejects("conclusion", code="by-conclusion")


@pytest.mark.parametrize(
    ("history", "stage", "missing"),
    [
        ((), Stage.CONTRACT_SIGNED, ["negotiating (洽谈)"]),
        ((), Stage.FILED, ["negotiating (洽谈)", "contract_signed (合同)"]),
        ((NEGOTIATING,), Stage.APPROVED, ["contract_signed (合同)"]),
        ((NEGOTIATING, SIGNED), Stage.STARTED, ["filed (备案) or approved (核准)"]),
    ],
)
def test_a_jump_of_a_matched_project_says_what_is_missing(
    history: tuple[ProjectStageReached, ...], stage: Stage, missing: list[str]
) -> None:
    amount = AMOUNT if stage is Stage.CONTRACT_SIGNED else None
    refusal = (
        given(PROJECT, REGISTERED, *history)
        .when(reach(stage, "2013-06-20", amount), CLERK)
        .rejects("must be", code="stage-missing")
    )
    assert refusal.extra == {"missing": missing}  # type: ignore[attr-defined]


def test_contracts_bind_more_and_more_and_none_less() -> None:
    intent = reached(Stage.INTENT_SIGNED, "2013-03-10", AMOUNT)
    agreement = reached(Stage.AGREEMENT_SIGNED, "2013-04-10", AMOUNT)
    negotiated = (REGISTERED, NEGOTIATING)
    given(PROJECT, *negotiated).when(reach(Stage.INTENT_SIGNED, "2013-03-10", AMOUNT), CLERK).then(intent)
    given(PROJECT, *negotiated, intent).when(reach(Stage.AGREEMENT_SIGNED, "2013-04-10", AMOUNT), CLERK).then(
        agreement
    )
    given(PROJECT, *negotiated, intent).when(reach(Stage.CONTRACT_SIGNED, "2013-06-18", AMOUNT), CLERK).then(
        SIGNED
    )
    given(PROJECT, *negotiated, agreement).when(
        reach(Stage.INTENT_SIGNED, "2013-06-18", AMOUNT), CLERK
    ).rejects("already", code="stage-passed")


def test_a_signing_has_an_amount_and_an_unlikely_one_is_asked_back() -> None:
    negotiated = given(PROJECT, REGISTERED, NEGOTIATING)
    negotiated.when(reach(Stage.CONTRACT_SIGNED, "2013-06-18"), CLERK).rejects("needs the amount")
    in_ten_thousands = reach(Stage.CONTRACT_SIGNED, "2013-06-18", Decimal("56000"))
    negotiated.when(in_ten_thousands, CLERK).rejects("less than a 20th", code="confirm-amount")
    negotiated.when(replace(in_ten_thousands, confirmed=True), CLERK).then(
        replace(SIGNED, amount=Decimal("56000"))
    )
    negotiated.when(reach(Stage.SUSPENDED, "2013-06-18", AMOUNT), CLERK).rejects("is no signing")


RECOMMEND = RecommendSigning(
    project="P-1",
    ceremony="618-2013",
    contract="contract_signed",
    amount=AMOUNT,
    on=date(2013, 5, 20),
    reported_by="office",
)
RECOMMENDED = SigningRecommended(
    project="P-1",
    region="350181",
    ceremony="618-2013",
    contract=Stage.CONTRACT_SIGNED,
    amount=AMOUNT,
    on=date(2013, 5, 20),
    recommended_by="office",
)
AUDIT = AuditSigning(project="P-1", ceremony="618-2013", approved=True, reason="", on=date(2013, 6, 3))
APPROVED = SigningAudited(
    project="P-1", region="350181", ceremony="618-2013", approved=True, reason="", on=date(2013, 6, 3)
)
ON_STAGE = reach(Stage.CONTRACT_SIGNED, "2013-06-18", AMOUNT, "618-2013")


def test_nothing_is_signed_on_stage_without_the_pre_review() -> None:
    given(PROJECT, REGISTERED, NEGOTIATING).when(RECOMMEND, CLERK).rejects(
        "pre-review", code="pre-review-missing"
    )
    given(PROJECT, *REVIEWED).when(RECOMMEND, CLERK).then(RECOMMENDED)


def test_on_stage_signs_who_was_recommended_and_approved() -> None:
    listed = (*REVIEWED, RECOMMENDED)
    given(PROJECT, *REVIEWED).when(ON_STAGE, CLERK).rejects("is not recommended")
    given(PROJECT, *listed).when(ON_STAGE, CLERK).rejects("not approved by the audit")
    given(PROJECT, *listed).when(RECOMMEND, CLERK).changes_nothing()
    given(PROJECT, *listed).when(AUDIT, CLERK).then(APPROVED)
    given(PROJECT, *listed, APPROVED).when(ON_STAGE, CLERK).then(replace(SIGNED, ceremony="618-2013"))
    given(PROJECT, *listed, APPROVED).when(replace(ON_STAGE, stage=Stage.INTENT_SIGNED), CLERK).rejects(
        "with contract_signed", code="other-contract"
    )


def test_a_declined_project_may_be_recommended_again() -> None:
    decline = replace(AUDIT, approved=False, reason="用地未落实")
    declined = replace(APPROVED, approved=False, reason="用地未落实")
    given(PROJECT, *REVIEWED, RECOMMENDED).when(replace(AUDIT, approved=False), CLERK).rejects(
        "needs its reason"
    )
    given(PROJECT, *REVIEWED, RECOMMENDED).when(decline, CLERK).then(declined)
    given(PROJECT, *REVIEWED, RECOMMENDED, declined).when(RECOMMEND, CLERK).then(RECOMMENDED)


REGISTER = RegisterProject(
    project="P-1",
    name=REGISTERED.name,
    region="350181",
    industry="3841",
    total_investment=AMOUNT,
    equipment_investment=Decimal("310000000"),
    planned_on=date(2013, 1, 10),
    reported_by="office",
)
REGISTERING = Registering(
    today=TODAY,
    by="clerk",
    departments={},
    care=USUAL,
    programmes=("PM", "EI"),
    tags=("ei_power_batteries", "ei_power_batteries"),
    investor=INVESTOR,
)
CHANGING = Changing(today=TODAY, by="clerk", departments={}, care=USUAL)


def test_a_project_comes_with_what_it_went_through_before() -> None:
    past = (
        PastStepIn(stage=Stage.NEGOTIATING, on=date(2013, 3, 1), evidence="negotiating号"),
        PastStepIn(
            stage=Stage.CONTRACT_SIGNED, on=date(2013, 6, 18), evidence="contract_signed号", amount=AMOUNT
        ),
    )
    given(PROJECT).when(replace(REGISTER, history=past), REGISTERING).then(REGISTERED, NEGOTIATING, SIGNED)
    given(PROJECT).when(replace(REGISTER, history=past[1:]), REGISTERING).rejects("must be negotiating")
    given(PROJECT, REGISTERED, NEGOTIATING, SIGNED).when(
        replace(REGISTER, history=past), REGISTERING
    ).changes_nothing()


def test_an_investment_in_the_wrong_unit_is_asked_back() -> None:
    small = replace(REGISTER, total_investment=Decimal("56000"), equipment_investment=Decimal("0"))
    given(PROJECT).when(small, REGISTERING).rejects("less than 100000 yuan", code="confirm-amount")
    state = given(PROJECT).when(replace(small, confirmed=True), REGISTERING).state
    assert state.registered.total_investment == Decimal("56000")  # type: ignore[union-attr]


def change(**changes: Any) -> ChangeProject:
    return ChangeProject(project="P-1", reason="概算调整", reported_by="office", **changes)


def test_a_change_says_what_is_new_and_two_clerks_see_both_versions() -> None:
    more = change(total_investment=Decimal("600000000"), name=REGISTERED.name)
    changed = ProjectChanged(
        project="P-1",
        region="350181",
        version=2,
        changed=("total_investment",),
        reason="概算调整",
        reported_by="office",
        changed_on=TODAY,
        name=REGISTERED.name,
        industry="3841",
        total_investment=Decimal("600000000"),
        equipment_investment=Decimal("310000000"),
        programmes=("EI", "PM"),
        tags=("ei_power_batteries",),
        investor=INVESTOR,
    )
    given(PROJECT, REGISTERED).when(more, CHANGING).then(changed)
    given(PROJECT, REGISTERED, changed).when(more, CHANGING).changes_nothing()
    too_much = change(bank_loan=Decimal("600000001"))
    given(PROJECT, REGISTERED, changed).when(too_much, CHANGING).rejects("more than the total investment")


def test_a_built_project_of_the_register_is_reminded_of_its_acceptance_by_the_rule() -> None:
    rule = AcceptanceRule(("national_plan",), due_days=180, remind_every_days=30)
    own = replace(REGISTERED, investor=None)
    built = (
        own,
        RegisterJoined(project="P-1", register="national_plan", valid_from=date(2012, 1, 1)),
        reached(Stage.FILED, "2012-02-01"),
        reached(Stage.STARTED, "2012-03-01"),
        reached(Stage.PRODUCING, "2013-01-01"),
    )
    due = date(2013, 1, 1) + timedelta(days=180)
    assert due == date(2013, 6, 30)

    remind = RemindAcceptance(project="P-1")

    def on(day: date) -> Reminding:
        return Reminding(today=day, by="watch", rule=rule)

    first = AcceptanceReminded(
        project="P-1",
        region="350181",
        register="national_plan",
        producing_on=date(2013, 1, 1),
        due_on=due,
        number=1,
        on=date(2013, 7, 1),
    )
    given(PROJECT, *built).when(remind, on(due)).changes_nothing()
    given(PROJECT, *built).when(remind, on(date(2013, 7, 1))).then(first)
    given(PROJECT, *built, first).when(remind, on(date(2013, 7, 30))).changes_nothing()
    given(PROJECT, *built, first).when(remind, on(date(2013, 7, 31))).then(
        replace(first, number=2, on=date(2013, 7, 31))
    )
    accepted = reached(Stage.ACCEPTED, "2013-07-02")
    given(PROJECT, *built, first, accepted).when(remind, on(date(2013, 7, 31))).changes_nothing()
    given(PROJECT, own, *built[2:]).when(remind, on(date(2013, 7, 31))).changes_nothing()
