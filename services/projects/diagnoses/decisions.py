"""Decisions on diagnoses: commands in, events or a refusal out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from services.projects.common.asking import not_in_future
from services.projects.common.refusal import Refused
from services.projects.common.values import (
    ID_PATTERN,
    DayOfIt,
    Evidence,
    Note,
    ProjectId,
    RegionCode,
    ReportedBy,
    ShortText,
)
from services.projects.diagnoses.facts import (
    INITIAL,
    Diagnosis,
    DiagnosisEvent,
    DiagnosisHeld,
    DiagnosisState,
    FindingOutcome,
    FindingSettled,
    NoDiagnosis,
    evolve,
)
from shared.command import Given, command, decider
from shared.values import Many, Number, Says, Text

DiagnosisId = Annotated[str, Text(pattern=ID_PATTERN, description="diagnosis id", example="ZD-2013-03")]
Industry = Annotated[
    str, Text(pattern=r"^[A-Z]?\d{2,4}$", description="industry, GB/T 4754 code", example="3421")
]


@command(
    example={
        "diagnosis": "ZD-2013-03",
        "enterprise_name": "示例机床厂",
        "region": "350181",
        "industry": "3421",
        "institute": "中科院海西研究院",
        "findings": ["主轴热变形未补偿", "装配线节拍不均"],
        "evidence": "诊断报告〔2013〕3号",
    }
)
class HoldDiagnosis:
    """An enterprise was diagnosed."""

    diagnosis: DiagnosisId
    enterprise: Annotated[ProjectId | None, Says(description="enterprise id, if registered")] = None
    enterprise_name: Annotated[ShortText, Says(description="name of the enterprise", example="示例机床厂")]
    region: Annotated[RegionCode, Says(description="county or city it lies in")]
    industry: Industry
    institute: Annotated[ShortText, Says(description="who diagnosed (诊断机构)", example="中科院海西研究院")]
    findings: Annotated[
        tuple[ShortText, ...],
        Many(
            min_length=1,
            max_length=50,
            description="what was found; numbered from 1",
            example=["主轴热变形未补偿"],
        ),
    ]
    evidence: Evidence
    on: DayOfIt = None
    reported_by: ReportedBy = None


@command(example={"diagnosis": "ZD-2013-03", "finding": 1, "outcome": "need", "reference": "N-2013-0042"})
class SettleFinding:
    """Where a finding led."""

    diagnosis: DiagnosisId
    finding: Annotated[int, Number(ge=1, le=50, description="its number", example=1)]
    outcome: Annotated[
        FindingOutcome, Says(description="need 技术需求, project 项目, dismissed 不采纳", example="need")
    ]
    reference: Annotated[
        ProjectId | None,
        Says(description="the technology need or the project, by its id; null: dismissed"),
    ] = None
    reason: Annotated[Note, Says(description="why it is dismissed")] = ""
    on: DayOfIt = None
    reported_by: ReportedBy = None


DiagnosisCommand = HoldDiagnosis | SettleFinding


def decide(command: DiagnosisCommand, state: DiagnosisState, given: Given) -> Sequence[DiagnosisEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (HoldDiagnosis(), NoDiagnosis()):
            held = _held(command, given)
            not_in_future(held.on, given.today)
            return [held]
        case (HoldDiagnosis(), Diagnosis()):
            return _held_again(_held(command, given), state.held)
        case (SettleFinding(), Diagnosis()):
            return _settled(command, state, given)
        case (SettleFinding(), NoDiagnosis()):
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no such diagnosis.",
                code="not-found",
                status=404,
                where="diagnosis",
                remedy="Record the diagnosis first, or check its id.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


DIAGNOSIS = decider(INITIAL, decide, evolve)


def _held(command: HoldDiagnosis, given: Given) -> DiagnosisHeld:
    return DiagnosisHeld(
        diagnosis=command.diagnosis,
        enterprise=command.enterprise,
        enterprise_name=command.enterprise_name,
        region=command.region,
        industry=command.industry,
        institute=command.institute,
        findings=command.findings,
        evidence=command.evidence,
        on=command.on or given.today,
        reported_by=command.reported_by or given.by,
    )


def _held_again(held: DiagnosisHeld, known: DiagnosisHeld) -> Sequence[DiagnosisHeld]:
    """Repeating the same diagnosis changes nothing, whoever sends it and when."""
    if replace(held, on=known.on, reported_by=known.reported_by) == known:
        return []
    raise Refused(
        f"There is a diagnosis {held.diagnosis!r} already, with other content.",
        code="exists",
        status=409,
        where="diagnosis",
        remedy="Use another id.",
    )


def _settled(command: SettleFinding, state: Diagnosis, given: Given) -> Sequence[FindingSettled]:
    count = len(state.held.findings)
    if not 1 <= command.finding <= count:
        raise Refused(f"The diagnosis has {count} findings.", code="not-found", status=404, where="finding")
    if command.outcome is FindingOutcome.DISMISSED and not command.reason:
        raise Refused(
            "Why is it dismissed?", code="no-reason", where="reason", remedy="Say it in a few words."
        )
    if command.outcome is not FindingOutcome.DISMISSED and not command.reference:
        raise Refused(
            f"Which {command.outcome} did it lead to?",
            code="no-reference",
            where="reference",
            remedy="Give its id.",
        )
    settled = FindingSettled(
        diagnosis=command.diagnosis,
        region=state.held.region,
        finding=command.finding,
        outcome=command.outcome,
        on=command.on or given.today,
        reported_by=command.reported_by or given.by,
        settled=len(state.settled) + 1,
        findings=count,
        reference=command.reference,
        reason=command.reason,
    )
    before = state.settled.get(command.finding)
    if before is not None:
        if replace(settled, on=before.on, reported_by=before.reported_by, settled=before.settled) == before:
            return []
        raise Refused(
            f"Finding {command.finding} led to {before.outcome} {before.reference or ''} on {before.on}.",
            code="settled",
            status=409,
            where="finding",
        )
    not_in_future(settled.on, given.today)
    if settled.on < state.held.on:
        raise Refused(
            f"{settled.on} is before the diagnosis of {state.held.on}.", code="before-diagnosis", where="on"
        )
    return [settled]
