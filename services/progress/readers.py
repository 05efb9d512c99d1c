"""What progress reads of other services' events: just the fields it uses, of the newest version it knows.

An event type that isn't listed is none of progress's business and is passed over. A listed type in a newer
version than known stops the line: a guess would be a wrong figure. Fields that only newer writers send are
ignored; fields that are needed and missing are an error, which stops the line too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from shared.consumer import NewerSchema, Poison
from shared.envelope import Envelope
from shared.upcasting import UnknownVersion, Upcaster, upcast


class Programme(msgspec.Struct, frozen=True):
    code: str
    name: str


class PlanPublished(msgspec.Struct, frozen=True):
    plan: str
    title: str
    year: int
    issued_on: date | None = None
    programmes: list[Programme] = []


class RegionRelation(msgspec.Struct, frozen=True):
    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None


class Region(msgspec.Struct, frozen=True):
    code: str
    name: str
    level: str
    parent: str | None = None
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: list[RegionRelation] = []


class RegionsDefined(msgspec.Struct, frozen=True):
    plan: str
    regions: list[Region]


class TargetBase(msgspec.Struct, frozen=True):
    value: Decimal
    unit: str
    period: str
    vintage: str
    source: str = ""


class TargetSet(msgspec.Struct, frozen=True):
    plan: str
    target: str
    row: str
    programme: str
    name: str
    region: str
    level: str
    period: str
    unit: str
    comparator: str
    metric_type: str
    measure: str | None = None
    value: Decimal | None = None
    comparator_printed: str | None = None
    deadline: date | None = None
    parent: str | None = None
    base: TargetBase | None = None
    basis: str | None = None
    price_base: str | None = None


class TargetRevised(TargetSet, frozen=True, kw_only=True):
    """The target as it stands now, as a whole."""

    reason: str
    previous_value: Decimal | None = None


class TargetPart(msgspec.Struct, frozen=True):
    target: str
    region: str
    value: Decimal | None
    name: str | None = None


class TargetDecomposed(msgspec.Struct, frozen=True):
    plan: str
    target: str
    parts: list[TargetPart]
    reason: str | None = None


class StatisticReported(msgspec.Struct, frozen=True):
    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    price_base: str | None = None
    basis: str | None = None
    provisional: bool = False
    source: str = ""


class StatisticRevised(StatisticReported, frozen=True):
    reason: str = ""


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


class Designated(msgspec.Struct, frozen=True):
    """Something was designated (认定) as one of a kind."""

    designation: str
    kind: str
    level: str
    name: str
    region: str
    designated_on: date
    enterprise: str | None = None
    fields: list[str] = []


class DesignationWithdrawn(Designated, frozen=True, kw_only=True):
    """It stands no more from `withdrawn_on` on; `annulled`: it never did."""

    withdrawn_on: date
    annulled: bool = False


class EnterpriseRegistered(msgspec.Struct, frozen=True):
    enterprise: str
    name: str
    region: str


class EnterpriseChanged(EnterpriseRegistered, frozen=True):
    pass


class KeyUser(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    tce: Decimal
    reason: str = ""


class KeyUsersDesignated(msgspec.Struct, frozen=True):
    year: int
    basis: str
    enterprises: list[KeyUser]
    source: str = ""
    revision: int = 1
    revision_reason: str | None = None


class CoverageChanged(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    day: date
    online: bool
    reason: str = ""


class FeedSilent(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    since: datetime
    at: datetime


class FeedResumed(FeedSilent, frozen=True):
    pass


class EnterpriseDayMeasured(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    day: date
    revision: int
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    completeness: Any = None


@dataclass(frozen=True, slots=True)
class Reader:
    """How one event type is read: its model, the newest schema version it fits, upcasters for older ones."""

    model: type[msgspec.Struct]
    version: int = 1
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)


READERS: Mapping[tuple[str, str], Reader] = {
    **{
        ("assessment", model.__name__): Reader(model)
        for model in (
            PlanPublished,
            RegionsDefined,
            TargetSet,
            TargetRevised,
            TargetDecomposed,
            StatisticReported,
            StatisticRevised,
            Designated,
            DesignationWithdrawn,
        )
    },
    **{
        ("projects", model.__name__): Reader(model)
        for model in (
            MonthlyReportFiled,
            MonthlyReportCorrected,
            MonthlyReportWithdrawn,
            ProjectRegistered,
            ProjectChanged,
            ProjectStageReached,
            ProjectStageCorrected,
            RegisterJoined,
            RegisterLeft,
            CohortClosed,
            EnergySavingExpected,
            EnergySavingVerified,
            ListingRegistered,
            MatchConcluded,
            MatchReopened,
        )
    },
    **{
        ("energy", model.__name__): Reader(model)
        for model in (
            EnterpriseRegistered,
            EnterpriseChanged,
            KeyUsersDesignated,
            CoverageChanged,
            FeedSilent,
            FeedResumed,
            EnterpriseDayMeasured,
        )
    },
}

SOURCES = ("assessment", "projects", "energy")
"""The services whose domain streams make the read-model."""
TALLIED = ("assessment", "projects")
"""Of these the sources whose events tallies depend on: targets and marks. What energy says is counted by no rule."""


def read(envelope: Envelope) -> msgspec.Struct | None:
    """The event as progress sees it; None for a type it doesn't use.

    Raises NewerSchema for a version it doesn't know yet, Poison for one that lacks what it needs.
    """
    reader = READERS.get((envelope.source, envelope.type))
    if reader is None:
        return None
    try:
        data = upcast(envelope.type, envelope.schemaversion, reader.version, envelope.data, reader.upcasters)
        return msgspec.convert(data, reader.model, strict=False)
    except UnknownVersion as error:
        raise NewerSchema(str(error)) from error
    except msgspec.ValidationError as error:
        raise Poison(f"{envelope.type} v{envelope.schemaversion}: {error}") from error
