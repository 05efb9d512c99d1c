"""TechRenovationProject (技改项目): what may be done with one, and what comes of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.projects.common.plausibility import USUAL
from services.projects.projects.decisions.commands import (
    ChangeProject,
    Changing,
    Registering,
    RegisterProject,
)
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import Project, ProjectEvent, ProjectRegistered
from services.projects.projects.registers.decisions import JoinRegister, LeaveRegister, RegisterMembership
from services.projects.projects.registers.facts import Membership, RegisterJoined, RegisterLeft
from services.projects.projects.signings.facts import SigningAudited, SigningRecommended
from services.projects.projects.stages.decisions.commands import CorrectStage, Reaching, ReachStage
from services.projects.projects.stages.facts import (
    SIGNINGS,
    ProjectStageCorrected,
    ProjectStageReached,
    Stage,
    Step,
)
from shared.command import Asked
from tests.kit.spec import given

TODAY = date(2013, 6, 30)
CLERK = Reaching(today=TODAY, by="clerk", departments={}, care=USUAL)
CHANGING = Changing(today=TODAY, by="clerk", departments={}, care=USUAL)
REGISTERING = Registering(
    today=TODAY, by="clerk", departments={}, care=USUAL, programmes=("TR",), tags=(), investor=None
)
REGISTER = RegisterProject(
    project="P-1",
    name="纺织技改项目",
    region="350181",
    industry="1751",
    total_investment=Decimal("120000000"),
    equipment_investment=Decimal("83500000"),
    programmes=("TR",),
    registers=(RegisterMembership(register="city_key", valid_from=date(2013, 1, 15)),),
    planned_on=date(2013, 1, 10),
    reported_by="福清市经贸局",
)
REGISTERED = ProjectRegistered(
    project="P-1",
    name="纺织技改项目",
    region="350181",
    industry="1751",
    total_investment=Decimal("120000000"),
    equipment_investment=Decimal("83500000"),
    programmes=("TR",),
    registers=(Membership("city_key", date(2013, 1, 15)),),
    planned_on=date(2013, 1, 10),
    registered_on=TODAY,
    reported_by="福清市经贸局",
)


def stay(register: str, valid_from: date, valid_to: date | None = None) -> RegisterMembership:
    return RegisterMembership(register=register, valid_from=valid_from, valid_to=valid_to)


def reached(stage: Stage, on: date, status: Stage | None = None, note: str = "") -> ProjectStageReached:
    return ProjectStageReached(
        project="P-1",
        stage=stage,
        on=on,
        evidence=f"{stage}号",
        reported_by="office",
        status=status or stage,
        note=note,
        region="350181",
    )


def reach(stage: Stage, on: date, note: str = "") -> ReachStage:
    return ReachStage(
        project="P-1", stage=stage, on=on, evidence=f"{stage}号", reported_by="office", note=note
    )


FILED = reached(Stage.FILED, date(2013, 2, 1))
STARTED = reached(Stage.STARTED, date(2013, 3, 1))
PRODUCING = reached(Stage.PRODUCING, date(2013, 5, 1))


def test_a_project_is_registered() -> None:
    given(PROJECT).when(REGISTER, REGISTERING).then(REGISTERED)


def test_programme_tags_are_counted_once() -> None:
    twice = replace(REGISTERING, programmes=("TR", "PM", "TR"))
    given(PROJECT).when(REGISTER, twice).then(replace(REGISTERED, programmes=("PM", "TR")))


def test_the_same_project_again_changes_nothing_whoever_repeats_it_and_when() -> None:
    again = replace(REGISTER, reported_by="somebody else")
    given(PROJECT, REGISTERED).when(again, replace(REGISTERING, today=date(2013, 7, 1))).changes_nothing()


def test_another_project_under_the_same_id_is_rejected() -> None:
    given(PROJECT, REGISTERED).when(replace(REGISTER, name="other"), REGISTERING).rejects(
        "registered already", code="exists"
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"total_investment": Decimal(0)}, "not above zero"),
        ({"equipment_investment": Decimal("120000000.01")}, "more than the total"),
        ({"planned_on": date(2013, 7, 1)}, "has not come yet"),
        (
            {"registers": (stay("city_key", date(2013, 7, 1)),)},
            "when its day has come",
        ),
        (
            {
                "registers": (
                    RegisterMembership(
                        register="city_key", valid_from=date(2013, 3, 1), valid_to=date(2013, 2, 1)
                    ),
                )
            },
            "before it begins",
        ),
        (
            {"registers": (stay("a", date(2013, 1, 1)), stay("a", date(2013, 2, 1)))},
            "two memberships hold",
        ),
    ],
)
def test_a_project_that_cannot_be_is_rejected(change: dict[str, object], why: str) -> None:
    given(PROJECT).when(replace(REGISTER, **change), REGISTERING).rejects(why)  # type: ignore[arg-type]


def test_a_command_on_no_project_names_both() -> None:
    given(PROJECT).when(reach(Stage.FILED, TODAY), CLERK).rejects(
        "ReachStage on Unregistered", code="not-found"
    )


@pytest.mark.parametrize("permit", [Stage.FILED, Stage.APPROVED])
def test_filing_and_approval_are_alternative_paths(permit: Stage) -> None:
    path = reached(permit, date(2013, 2, 1))
    given(PROJECT, REGISTERED).when(reach(permit, date(2013, 2, 1)), CLERK).then(path)
    given(PROJECT, REGISTERED, path).when(reach(Stage.STARTED, date(2013, 3, 1)), CLERK).then(STARTED)


def test_partly_producing_may_be_left_out() -> None:
    partly = reached(Stage.PARTLY_PRODUCING, date(2013, 4, 1))
    given(PROJECT, REGISTERED, FILED, STARTED).when(reach(Stage.PRODUCING, date(2013, 5, 1)), CLERK).then(
        PRODUCING
    )
    given(PROJECT, REGISTERED, FILED, STARTED, partly).when(
        reach(Stage.PRODUCING, date(2013, 5, 1)), CLERK
    ).then(PRODUCING)


@pytest.mark.parametrize(
    ("history", "stage", "missing"),
    [
        ((), Stage.STARTED, "filed (备案) or approved (核准)"),
        ((), Stage.ACCEPTED, "filed (备案) or approved (核准), then started (开工), then producing (投产)"),
        ((FILED,), Stage.PARTLY_PRODUCING, "started (开工)"),
        ((FILED,), Stage.PRODUCING, "started (开工)"),
        ((FILED, STARTED), Stage.ACCEPTED, "producing (投产)"),
    ],
)
def test_a_jump_says_what_is_missing(
    history: tuple[ProjectStageReached, ...], stage: Stage, missing: str
) -> None:
    refusal = (
        given(PROJECT, REGISTERED, *history)
        .when(reach(stage, TODAY), CLERK)
        .rejects(missing, code="stage-missing")
    )
    assert refusal.detail.endswith(f"it must be {missing}.")  # type: ignore[attr-defined]


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.APPROVED])
def test_a_stage_that_is_passed_is_not_reached_again(stage: Stage) -> None:
    given(PROJECT, REGISTERED, FILED, STARTED).when(reach(stage, TODAY), CLERK).rejects(
        "already", code="stage-passed"
    )


@pytest.mark.parametrize("stage", [Stage.FILED, Stage.STARTED])
def test_a_step_that_another_has_reported_is_shown(stage: Stage) -> None:
    refusal = (
        given(PROJECT, REGISTERED, FILED, STARTED)
        .when(reach(stage, TODAY), CLERK)
        .rejects("is reported already", code="already-reported")
    )
    assert refusal.extra["reported"]["stage"] == stage  # type: ignore[attr-defined]


def test_a_second_stop_is_reported_when_it_went_on_between() -> None:
    stops = [reached(Stage.SUSPENDED, date(2013, 4, day), note="资金") for day in (1, 20)]
    resumed = reached(Stage.RESUMED, date(2013, 4, 10), status=Stage.STARTED)
    second = reach(Stage.SUSPENDED, date(2013, 4, 20), "资金")
    stood = given(PROJECT, REGISTERED, FILED, STARTED, stops[0])
    stood.when(second, CLERK).rejects("reported already, as step 4", code="already-reported")
    given(PROJECT, REGISTERED, FILED, STARTED, stops[0], resumed).when(second, CLERK).then(stops[1])


def test_the_same_step_again_changes_nothing() -> None:
    given(PROJECT, REGISTERED, FILED).when(reach(Stage.FILED, date(2013, 2, 1)), CLERK).changes_nothing()


def test_a_step_lies_neither_before_the_last_one_nor_in_the_future() -> None:
    given(PROJECT, REGISTERED, FILED).when(reach(Stage.STARTED, date(2013, 1, 31)), CLERK).rejects(
        "would lie before"
    )
    given(PROJECT, REGISTERED, FILED).when(reach(Stage.STARTED, date(2013, 7, 1)), CLERK).rejects(
        "has not come yet"
    )


def test_a_suspended_project_goes_on_from_where_it_stood() -> None:
    suspended = reached(Stage.SUSPENDED, date(2013, 4, 1), note="资金")
    resumed = reached(Stage.RESUMED, date(2013, 4, 20), status=Stage.STARTED)
    stood = given(PROJECT, REGISTERED, FILED, STARTED, suspended)
    stood.when(reach(Stage.PRODUCING, TODAY), CLERK).rejects("must wait until it is resumed")
    stood.when(reach(Stage.RESUMED, date(2013, 4, 20)), CLERK).then(resumed)
    given(PROJECT, REGISTERED, FILED, STARTED, suspended, resumed).when(
        reach(Stage.PRODUCING, date(2013, 5, 1)), CLERK
    ).then(PRODUCING)


def test_to_resume_what_runs_is_rejected() -> None:
    given(PROJECT, REGISTERED).when(reach(Stage.RESUMED, TODAY), CLERK).rejects("nothing to resume")


@pytest.mark.parametrize("stage", [Stage.SUSPENDED, Stage.TERMINATED])
def test_to_stand_still_or_end_needs_a_reason(stage: Stage) -> None:
    given(PROJECT, REGISTERED).when(reach(stage, TODAY), CLERK).rejects("needs its reason")
    given(PROJECT, REGISTERED).when(reach(stage, TODAY, "资金"), CLERK).then(
        reached(stage, TODAY, note="资金")
    )


ACCEPTED = reached(Stage.ACCEPTED, date(2013, 6, 1))
TERMINATED = reached(Stage.TERMINATED, date(2013, 6, 1), note="x")
ENDS = [
    ((FILED, STARTED, PRODUCING, ACCEPTED), Stage.TRACKING_ENDED),
    ((FILED, STARTED, PRODUCING, reached(Stage.TRACKING_ENDED, date(2013, 6, 1))), None),
    ((TERMINATED,), Stage.FORMALLY_ENDED),
    ((TERMINATED, reached(Stage.FORMALLY_ENDED, date(2013, 6, 1))), None),
]


@pytest.mark.parametrize("stage", [each for each in Stage if each is not Stage.PRE_REVIEWED])
@pytest.mark.parametrize(("ended", "allowed"), ENDS)
def test_after_the_end_comes_only_its_formal_side(
    ended: tuple[ProjectStageReached, ...], allowed: Stage | None, stage: Stage
) -> None:
    amount = Decimal("120000000") if stage in SIGNINGS else None
    outcome = given(PROJECT, REGISTERED, *ended).when(replace(reach(stage, TODAY, "x"), amount=amount), CLERK)
    if stage is allowed:
        outcome.then(replace(reached(stage, TODAY), note="x"))
    else:
        outcome.rejects("is reported already" if stage is ended[-1].stage else "it has ended")


def correct(step: int, stage: Stage | None = None, on: date | None = None, **more: Any) -> CorrectStage:
    return CorrectStage(
        project="P-1",
        step=step,
        reason="wrong",
        reported_by="office",
        stage=stage,
        on=on,
        **more,
    )


def steps_after(command: CorrectStage, *before: ProjectEvent) -> list[Step]:
    """The steps after a correction, as a service that has read them from the log knows them."""
    state = given(PROJECT, *before).state
    events = PROJECT.decide(Asked(command, CLERK), state)
    after = PROJECT.fold(events, state)
    assert isinstance(after, Project)
    return list(after.steps)


def test_a_wrong_step_is_replaced_and_the_old_one_is_named() -> None:
    state = (
        given(PROJECT, REGISTERED, FILED, STARTED)
        .when(correct(2, Stage.APPROVED, date(2013, 2, 2)), CLERK)
        .then(
            ProjectStageCorrected(
                project="P-1",
                step=2,
                wrong_stage=Stage.FILED,
                wrong_on=date(2013, 2, 1),
                reason="wrong",
                reported_by="office",
                status=Stage.STARTED,
                status_on=date(2013, 3, 1),
                stage=Stage.APPROVED,
                on=date(2013, 2, 2),
                evidence="filed号",
                region="350181",
                note="",
            )
        )
    )
    assert isinstance(state, Project)
    assert [step.stage for step in state.steps] == [Stage.PLANNED, Stage.APPROVED, Stage.STARTED]


def test_the_last_step_is_taken_out() -> None:
    given(PROJECT, REGISTERED, FILED, STARTED).when(correct(3, remove="step"), CLERK).then(
        ProjectStageCorrected(
            project="P-1",
            step=3,
            wrong_stage=Stage.STARTED,
            wrong_on=date(2013, 3, 1),
            reason="wrong",
            reported_by="office",
            status=Stage.FILED,
            status_on=date(2013, 2, 1),
            region="350181",
        )
    )


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (correct(2), "doesn't say what was true"),
        (correct(2, remove="step"), "it must be filed"),
        (correct(3, on=date(2013, 3, 2), remove="step"), "names on all the same"),
        (correct(2, ceremony="618-2013", remove="ceremony"), "names ceremony all the same"),
        (correct(3, amount=Decimal(5)), "is no signing"),
        (correct(2, Stage.SUSPENDED), "needs its reason"),
        (correct(2, Stage.STARTED), "it must be filed"),
        (correct(2, Stage.FILED, date(2013, 3, 2)), "would lie before"),
        (correct(1, remove="step"), "not taken out"),
        (correct(1, Stage.FILED), "first step is planned"),
        (correct(4, Stage.PRODUCING), "there is no step 4"),
        (correct(3, Stage.STARTED, date(2013, 7, 1)), "has not come yet"),
    ],
)
def test_a_correction_after_which_the_history_makes_no_sense_is_rejected(
    command: CorrectStage, why: str
) -> None:
    given(PROJECT, REGISTERED, FILED, STARTED).when(command, CLERK).rejects(why)


def test_a_correction_to_what_stands_there_changes_nothing() -> None:
    given(PROJECT, REGISTERED, FILED).when(correct(2, Stage.FILED), CLERK).changes_nothing()


SIGNED = ProjectStageReached(
    project="P-1",
    stage=Stage.CONTRACT_SIGNED,
    on=date(2013, 6, 18),
    evidence="合同1号",
    reported_by="office",
    status=Stage.CONTRACT_SIGNED,
    note="",
    region="350181",
    amount=Decimal("120000000"),
    ceremony="618-2013",
)
ON_STAGE: tuple[ProjectEvent, ...] = (
    REGISTERED,
    reached(Stage.PRE_REPORTED, date(2013, 2, 1)),
    reached(Stage.PRE_REVIEWED, date(2013, 2, 5)),
    reached(Stage.NEGOTIATING, date(2013, 3, 1)),
    SigningRecommended(
        project="P-1",
        region="350181",
        ceremony="618-2013",
        contract=Stage.CONTRACT_SIGNED,
        amount=Decimal("110000000"),
        on=date(2013, 5, 1),
        recommended_by="city",
    ),
    SigningAudited(
        project="P-1", region="350181", ceremony="618-2013", approved=True, reason="", on=date(2013, 5, 2)
    ),
    SIGNED,
)
SIGNING = Step(
    Stage.CONTRACT_SIGNED, date(2013, 6, 18), "合同1号", "office", "", Decimal("120000000"), "618-2013"
)


@pytest.mark.parametrize(
    ("named", "right"),
    [
        ({"on": date(2013, 6, 17)}, replace(SIGNING, on=date(2013, 6, 17))),
        ({"evidence": "合同2号"}, replace(SIGNING, evidence="合同2号")),
        ({"note": "补充协议"}, replace(SIGNING, note="补充协议")),
        ({"amount": Decimal("130000000")}, replace(SIGNING, amount=Decimal("130000000"))),
        ({"remove": "ceremony"}, replace(SIGNING, ceremony=None)),
        ({"amount": Decimal("1"), "confirmed": True}, replace(SIGNING, amount=Decimal("1"))),
    ],
)
def test_what_a_correction_does_not_name_stays(named: dict[str, Any], right: Step) -> None:
    assert steps_after(correct(5, **named), *ON_STAGE)[-1] == right


def test_a_correction_of_a_signing_is_judged_like_the_signing() -> None:
    stood = given(PROJECT, *ON_STAGE)
    stood.when(correct(5, amount=Decimal("12000")), CLERK).rejects("less than a 20th")
    stood.when(correct(5, ceremony="98-2013"), CLERK).rejects("not recommended for 98-2013")
    stood.when(correct(5, Stage.AGREEMENT_SIGNED), CLERK).rejects("has the project with contract_signed")
    given(PROJECT, *ON_STAGE[:4]).when(correct(4, Stage.CONTRACT_SIGNED), CLERK).rejects("needs the amount")


def test_a_note_is_kept_and_an_event_of_before_has_its_reason_for_one() -> None:
    suspended = reached(Stage.SUSPENDED, date(2013, 4, 1), note="资金")
    steps = steps_after(correct(4, on=date(2013, 4, 2)), REGISTERED, FILED, STARTED, suspended)
    assert (steps[-1].on, steps[-1].note) == (date(2013, 4, 2), "资金")
    of_before = ProjectStageCorrected(
        project="P-1",
        step=2,
        wrong_stage=Stage.FILED,
        wrong_on=date(2013, 2, 1),
        reason="typed wrong",
        reported_by="office",
        status=Stage.FILED,
        status_on=date(2013, 2, 2),
        stage=Stage.FILED,
        on=date(2013, 2, 2),
        evidence="号",
    )
    state = given(PROJECT, REGISTERED, FILED, of_before).state
    assert isinstance(state, Project)
    assert state.steps[-1] == Step(Stage.FILED, date(2013, 2, 2), "号", "office", "typed wrong")


def test_what_a_change_does_not_name_stays_and_removal_is_its_own_word() -> None:
    known = replace(REGISTERED, bank_loan=Decimal("30000000"), enterprise="E-1")
    change = ChangeProject(project="P-1", enterprise="E-2", reason="x", reported_by="office")
    state = given(PROJECT, known).state
    assert isinstance(state, Project)

    def after(command: ChangeProject) -> ProjectRegistered:
        changed = PROJECT.fold(PROJECT.decide(Asked(command, CHANGING), state), state)
        assert isinstance(changed, Project)
        return changed.registered

    assert after(change) == replace(known, enterprise="E-2")
    assert after(replace(change, remove=("bank_loan",))) == replace(known, enterprise="E-2", bank_loan=None)
    given(PROJECT, known).when(replace(change, remove=("enterprise",)), CHANGING).rejects("to be removed")


def test_a_project_joins_and_leaves_registers() -> None:
    joined = RegisterJoined(project="P-1", register="national_plan", valid_from=date(2013, 3, 1))
    left = RegisterLeft(
        project="P-1",
        register="national_plan",
        valid_from=date(2013, 3, 1),
        valid_to=date(2013, 5, 31),
        reason="done",
    )
    join = JoinRegister(project="P-1", register="national_plan", on=date(2013, 3, 1))
    leave = LeaveRegister(project="P-1", register="national_plan", on=date(2013, 5, 31), reason="done")
    given(PROJECT, REGISTERED).when(join, CLERK).then(joined)
    given(PROJECT, REGISTERED, joined).when(join, CLERK).changes_nothing()
    given(PROJECT, REGISTERED, joined).when(replace(join, on=TODAY), CLERK).rejects("since 2013-03-01")
    given(PROJECT, REGISTERED).when(leave, CLERK).rejects("is not in national_plan")
    given(PROJECT, REGISTERED, joined).when(leave, CLERK).then(left)
    given(PROJECT, REGISTERED, joined, left).when(leave, CLERK).changes_nothing()
    given(PROJECT, REGISTERED, joined).when(replace(leave, on=date(2013, 2, 1)), CLERK).rejects("joined")
    given(PROJECT, REGISTERED, joined, left).when(replace(join, on=date(2013, 5, 31)), CLERK).rejects(
        "from 2013-06-01"
    )
    again = RegisterJoined(project="P-1", register="national_plan", valid_from=date(2013, 6, 1))
    given(PROJECT, REGISTERED, joined, left).when(replace(join, on=date(2013, 6, 1)), CLERK).then(again)
    given(PROJECT, REGISTERED).when(replace(join, on=date(2013, 7, 1)), CLERK).rejects("has not come yet")


def test_a_stay_that_ends_is_the_one_that_was_open() -> None:
    joined = RegisterJoined(project="P-1", register="x", valid_from=date(2013, 1, 1))
    left = RegisterLeft(
        project="P-1", register="x", valid_from=date(2013, 1, 1), valid_to=date(2013, 2, 1), reason="r"
    )
    again = RegisterJoined(project="P-1", register="x", valid_from=date(2013, 3, 1))
    state = given(PROJECT, REGISTERED, joined, left, again).state
    assert isinstance(state, Project)
    assert [member.valid_to for member in state.memberships if member.register == "x"] == [
        date(2013, 2, 1),
        None,
    ]
