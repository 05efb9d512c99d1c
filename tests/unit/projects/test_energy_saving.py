"""What a project should save and what it was found to save are two statements, each with its basis (EN-15b)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.energy_savings.decisions import ExpectEnergySaving, VerifyEnergySaving
from services.projects.projects.energy_savings.facts import (
    EnergySaving,
    EnergySavingExpected,
    EnergySavingVerified,
)
from services.projects.projects.facts import Project
from services.projects.projects.stages.facts import ProjectStageReached, Stage
from shared.command import Given
from tests.kit.spec import given
from tests.unit.projects.test_reserve import REGISTERED

TODAY = date(2013, 11, 30)
CLERK = Given(today=TODAY, by="clerk")
EXPECT = ExpectEnergySaving(
    project="P-1",
    tce=Decimal(4000),
    basis="可研",
    evidence="1号",
    on=date(2013, 3, 1),
    reported_by="clerk",
)
EXPECTED = EnergySavingExpected(
    project="P-1",
    region="350181",
    tce=Decimal(4000),
    basis="可研",
    evidence="1号",
    on=date(2013, 3, 1),
    reported_by="clerk",
)
VERIFY = VerifyEnergySaving(
    project="P-1",
    tce=Decimal(3850),
    basis="GB/T 28750",
    evidence="2号",
    on=date(2013, 11, 20),
    verified_by="监察总队",
    reported_by="clerk",
)
VERIFIED = EnergySavingVerified(
    project="P-1",
    region="350181",
    tce=Decimal(3850),
    basis="GB/T 28750",
    evidence="2号",
    on=date(2013, 11, 20),
    verified_by="监察总队",
    reported_by="clerk",
    expected=Decimal(4000),
)
RUNS = tuple(
    ProjectStageReached(project="P-1", stage=stage, on=on, evidence="1号", reported_by="clerk", status=stage)
    for stage, on in (
        (Stage.FILED, date(2013, 2, 1)),
        (Stage.STARTED, date(2013, 3, 1)),
        (Stage.PRODUCING, date(2013, 9, 1)),
    )
)


def test_an_expectation_is_stated_and_replaced_by_a_better_one() -> None:
    given(PROJECT, REGISTERED).when(EXPECT, CLERK).then(EXPECTED)
    given(PROJECT, REGISTERED, EXPECTED).when(replace(EXPECT, reported_by="other"), CLERK).changes_nothing()
    better = given(PROJECT, REGISTERED, EXPECTED).when(replace(EXPECT, tce=Decimal(4200)), CLERK)
    state = better.then(replace(EXPECTED, tce=Decimal(4200)))
    assert isinstance(state, Project)
    assert state.energy_saving == EnergySaving(replace(EXPECTED, tce=Decimal(4200)))


def test_it_lies_neither_before_the_project_nor_in_the_future() -> None:
    given(PROJECT, REGISTERED).when(replace(EXPECT, on=date(2012, 12, 1)), CLERK).rejects(
        "before the project"
    )
    given(PROJECT, REGISTERED).when(replace(EXPECT, on=date(2013, 12, 1)), CLERK).rejects("has not come")


def test_only_a_running_project_is_verified_and_not_before_it_ran() -> None:
    given(PROJECT, REGISTERED, EXPECTED, *RUNS[:2]).when(VERIFY, CLERK).rejects(
        "run yet", code="not-producing"
    )
    given(PROJECT, REGISTERED, EXPECTED, *RUNS).when(VERIFY, CLERK).then(VERIFIED)
    early = replace(VERIFY, on=date(2013, 8, 31))
    given(PROJECT, REGISTERED, *RUNS).when(early, CLERK).rejects(
        "runs since 2013-09-01", code="before-project"
    )
    given(PROJECT, REGISTERED, *RUNS).when(VERIFY, CLERK).then(replace(VERIFIED, expected=None))
    given(PROJECT, REGISTERED, EXPECTED, *RUNS, VERIFIED).when(VERIFY, CLERK).changes_nothing()
