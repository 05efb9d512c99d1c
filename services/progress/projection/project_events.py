"""What is read of the projects service's events: reports, projects' own histories, cohorts, meeting points."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec


class MonthlyReportFiled(msgspec.Struct, frozen=True):
    report: str
    region: str
    month: str
    investment: Decimal
    reported_on: date | None = None
    due_on: date | None = None
    late: bool = False


class MonthlyReportCorrected(msgspec.Struct, frozen=True):
    report: str
    region: str
    month: str
    investment: Decimal
    previous_investment: Decimal | None = None
    reason: str = ""
    reported_on: date | None = None


class MonthlyReportWithdrawn(msgspec.Struct, frozen=True):
    """The month is missing again."""

    report: str
    region: str
    month: str
    previous_investment: Decimal | None = None
    reason: str = ""
    withdrawn_on: date | None = None


class Membership(msgspec.Struct, frozen=True):
    """In a register from one day to another, both included."""

    register: str
    valid_from: date
    valid_to: date | None = None


class ProjectEvent(msgspec.Struct, frozen=True):
    """Any event of a project's own history."""

    project: str


class ProjectRegistered(ProjectEvent, frozen=True):
    region: str
    total_investment: Decimal
    registered_on: date
    planned_on: date
    programmes: list[str] = []
    tags: list[str] = []
    investor: dict[str, Any] | None = None
    industry: str = ""
    registers: list[Membership] = []


class ProjectChanged(ProjectEvent, frozen=True):
    """What is known of it now, as a whole. What `changed` is so since `since`, or since the day of the change."""

    total_investment: Decimal
    changed_on: date
    changed: list[str] = []
    since: date | None = None
    programmes: list[str] = []
    tags: list[str] = []
    investor: dict[str, Any] | None = None
    industry: str = ""


class ProjectStageReached(ProjectEvent, frozen=True):
    stage: str
    on: date
    amount: Decimal | None = None


class ProjectStageCorrected(ProjectEvent, frozen=True):
    """Step number `step` (from 1) was wrong; without `stage` it never was."""

    step: int
    stage: str | None = None
    on: date | None = None
    amount: Decimal | None = None


class RegisterJoined(ProjectEvent, frozen=True):
    register: str
    valid_from: date


class RegisterLeft(ProjectEvent, frozen=True):
    register: str
    valid_from: date
    valid_to: date


class CohortMember(msgspec.Struct, frozen=True):
    project: str
    contracted_on: date
    amount: Decimal | None = None


class CohortClosed(msgspec.Struct, frozen=True):
    """The members of a contract year (对接合同批次), for ever; `cohort` is e.g. "private:2013"."""

    cohort: str
    investor_kind: str
    members: list[CohortMember]
    closed_on: date


class EnergySavingExpected(ProjectEvent, frozen=True):
    """What a project should save, tce a year."""

    tce: Decimal
    on: date


class EnergySavingVerified(EnergySavingExpected, frozen=True):
    """What a running project was found to save."""


class ListingRegistered(msgspec.Struct, frozen=True):
    """A side of a meeting point (对接): a need or an offer was put forward."""

    listing: str
    meeting: str
    side: str
    region: str
    registered_on: date


class Pair(msgspec.Struct, frozen=True):
    need: str
    offer: str
    meeting: str
    region: str


class MatchConcluded(msgspec.Struct, frozen=True):
    """A need and an offer have come together (对接成功)."""

    pair: Pair
    concluded_on: date
    amount: Decimal | None = None


class MatchReopened(msgspec.Struct, frozen=True):
    """What had been agreed did not hold: the match of `concluded_on` counts no more."""

    pair: Pair
    concluded_on: date
