"""Requests and answers about meetings (项目调度会 PM-10, 集中开工投产项目推进会 TR-10)."""

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from services.projects.domain.escalation import Level
from services.projects.domain.meeting import MeetingKind
from services.projects.domain.project_problem import ProblemKind
from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    ProjectId,
    RegionCode,
    ReportedBy,
    Request,
    SeenVersion,
    ShortText,
    Version,
)
from services.projects.models.problems import MeetingId, ProblemId, ProblemSummary

Standing = Literal["convened", "prepared", "concluded"]
_ID: dict[str, Any] = {"meeting": "2013-04-dispatch"}


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class ConveneMeeting(Request):
    """A meeting is called."""

    model_config = _example(
        **_ID, kind="dispatch", name="二季度项目调度会", region="350000", held_on="2013-04-10"
    )

    meeting: MeetingId | None = Field(
        default=None, description="id of your choice; without it one is made from the Idempotency-Key"
    )
    kind: MeetingKind = Field(
        description="dispatch 项目调度会: problems of its own level; "
        "starts 集中开工投产项目推进会: problems of every level"
    )
    name: ShortText = Field(description="name", examples=["二季度项目调度会"])
    region: RegionCode = Field(description="province or city that calls it")
    held_on: date = Field(description="the day of the meeting")
    kinds: list[ProblemKind] = Field(
        default=[],
        max_length=20,
        description="kinds of problems that it takes; none: every kind, for starts land, environment and funds",
    )
    confirmed: bool = Field(
        default=False,
        description="true: another one than the meeting that is asked about, although it says the same",
    )
    reported_by: ReportedBy


class FixAgenda(Request):
    """The problems that the meeting takes."""

    model_config = _example(**_ID, problems=["FZ-2013-017.1"])

    meeting: MeetingId
    version: SeenVersion
    problems: list[ProblemId] | None = Field(
        default=None, max_length=2000, description="these; null: all that are its to take today"
    )


class ConcludeMeeting(Request):
    """The meeting is over."""

    model_config = _example(**_ID, evidence="闽经贸纪要〔2013〕3号")

    meeting: MeetingId
    version: SeenVersion
    evidence: Evidence


class GetMeeting(Request):
    """Ask for one meeting."""

    model_config = _example(**_ID)

    meeting: MeetingId


class ListMeetings(Request):
    """Ask for meetings, in order of their days."""

    model_config = _example(kind="dispatch", limit=50)

    kind: MeetingKind | None = Field(default=None, description="of this kind")
    region: RegionCode | None = Field(default=None, description="called by this region")
    standing: Standing | None = Field(default=None, description="in this state")
    limit: Limit
    cursor: Cursor


class MeetingPack(Request):
    """Ask for a meeting's pack: its problems by project; before the agenda is fixed, what it would take today."""

    model_config = _example(**_ID)

    meeting: MeetingId
    limit: Limit
    cursor: Cursor


class MeetingSummary(Answer):
    """A meeting as a list shows it."""

    meeting: str
    kind: MeetingKind
    name: str
    region: str
    level: Level
    held_on: date
    kinds: list[ProblemKind]
    standing: Standing
    problems: int = Field(description="on its agenda")
    decided: int | None = Field(description="of them decided by it; null: not concluded")
    version: Version = None


class MeetingPage(Answer):
    """A page of meetings."""

    items: list[MeetingSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class PackedProject(Answer):
    """One project in a pack, with its problems."""

    project: ProjectId
    name: str
    region: str
    stage: str
    problems: list[ProblemSummary]


class PackPage(Answer):
    """A page of a meeting's pack."""

    meeting: MeetingSummary
    items: list[PackedProject]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
