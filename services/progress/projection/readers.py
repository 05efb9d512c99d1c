"""What progress reads of other services' events: just the fields it uses, of the newest version it knows.

An event type that isn't listed is none of progress's business and is passed over. A listed type in a newer
version than known stops the line: a guess would be a wrong figure. Fields that only newer writers send are
ignored; fields that are needed and missing are an error, which stops the line too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from services.progress.projection import assessment_events, energy_events, project_events
from shared.consumer import NewerSchema, Poison
from shared.envelope import Envelope
from shared.upcasting import UnknownVersion, Upcaster, upcast


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
            assessment_events.PlanPublished,
            assessment_events.RegionsDefined,
            assessment_events.TargetSet,
            assessment_events.TargetRevised,
            assessment_events.TargetDecomposed,
            assessment_events.StatisticReported,
            assessment_events.StatisticRevised,
            assessment_events.Designated,
            assessment_events.DesignationWithdrawn,
        )
    },
    **{
        ("projects", model.__name__): Reader(model)
        for model in (
            project_events.MonthlyReportFiled,
            project_events.MonthlyReportCorrected,
            project_events.MonthlyReportWithdrawn,
            project_events.ProjectRegistered,
            project_events.ProjectChanged,
            project_events.ProjectStageReached,
            project_events.ProjectStageCorrected,
            project_events.RegisterJoined,
            project_events.RegisterLeft,
            project_events.CohortClosed,
            project_events.EnergySavingExpected,
            project_events.EnergySavingVerified,
            project_events.ListingRegistered,
            project_events.MatchConcluded,
            project_events.MatchReopened,
        )
    },
    **{
        ("energy", model.__name__): Reader(model)
        for model in (
            energy_events.EnterpriseRegistered,
            energy_events.EnterpriseChanged,
            energy_events.KeyUsersDesignated,
            energy_events.CoverageChanged,
            energy_events.FeedSilent,
            energy_events.FeedResumed,
            energy_events.EnterpriseDayMeasured,
        )
    },
}


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
