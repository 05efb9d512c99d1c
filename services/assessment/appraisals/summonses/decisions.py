"""Decisions on summonses (约谈): call a city, hold, lift, report on the improvement."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from services.assessment.appraisals.decisions.commands import OF, Evidence, OfAppraisal
from services.assessment.appraisals.facts import Appraisal, Ranked
from services.assessment.appraisals.summonses.facts import (
    Called,
    Held,
    ImprovementReported,
    Lifted,
    Reported,
    SummonsEvent,
    SummonsHeld,
    SummonsIssued,
    SummonsLifted,
)
from services.assessment.common.refusal import Refused
from services.assessment.common.values import Reason, RegionCode, Words
from shared.command import command
from shared.values import Says

_OF: Mapping[str, Any] = {**OF, "region": "350900"}
Office = Annotated[Words, Says(description="an office, never a name", example="市经贸委主要负责人")]


@command(
    example={
        **_OF,
        "whom": "市经贸委主要负责人",
        "by": "省经贸委",
        "hold_on": "2014-04-10",
        "evidence": "闽经贸投资〔2014〕112号",
    }
)
class SummonCity(OfAppraisal):
    """Call a city in (约谈通知)."""

    region: RegionCode
    whom: Annotated[Office, Says(description="who is summoned: an office, never a name")]
    by: Annotated[Office, Says(description="by whom")]
    hold_on: Annotated[date, Says(description="when it is to be held")]
    evidence: Evidence
    reason: Annotated[
        Reason | None, Says(description="why, where the scheme doesn't ask for it; or why it is put off")
    ] = None


@command(
    example={
        **_OF,
        "held_on": "2014-04-10",
        "agreed": "6月底前补报储备库",
        "evidence": "约谈纪要〔2014〕1号",
    }
)
class HoldSummons(OfAppraisal):
    """Record that it was held, and what was agreed."""

    region: RegionCode
    held_on: date
    agreed: Annotated[Words, Says(description="what the city has to do", example="6月底前补报储备库")]
    report_due_on: Annotated[
        date | None, Says(description="for the city's report on its improvement; null: by the scheme's rule")
    ] = None
    evidence: Evidence


@command(example={**_OF, "reason": "已完成整改"})
class LiftSummons(OfAppraisal):
    """Call it off (取消约谈)."""

    region: RegionCode
    reason: Reason


@command(example={**_OF, "evidence": "宁经贸〔2014〕35号"})
class ReportImprovement(OfAppraisal):
    """Hand in the report on the improvement (整改报告)."""

    region: RegionCode
    evidence: Evidence


SummonsCommand = SummonCity | HoldSummons | LiftSummons | ReportImprovement


def decide_on_summons(command: SummonsCommand, state: Appraisal, today: date) -> list[SummonsEvent]:
    """The events of a command about a city's summons, or Refused."""
    known = state.summonses.get(command.region)
    match (command, known):
        case (SummonCity(), None | Called() | Lifted()):
            return _issued(command, state, known, today)
        case (SummonCity(), Held() | Reported()):
            if _same(known.issued, command):
                return []
            raise _refused(
                f"{command.region} was summoned and held on {known.held.held_on}.",
                "held",
                "What else is to be agreed goes into the report on the improvement.",
            )
        case (HoldSummons(), Called()):
            return [_held(command, state, known, today)]
        case (HoldSummons(), Held(_, held) | Reported(_, held)):
            if (held.held_on, held.agreed, held.evidence) == (
                command.held_on,
                command.agreed,
                command.evidence,
            ):
                return []
            raise _refused(f"It was held on {held.held_on} already.", "held", "Read it again.")
        case (LiftSummons(), Called(issued)):
            return [_lifted(issued, command.reason, today)]
        case (LiftSummons(), Lifted()):
            return []
        case (LiftSummons(), Held(_, held) | Reported(_, held)):
            raise _refused(
                f"It was held on {held.held_on}: what has happened isn't lifted.", "held", "Read it again."
            )
        case (ReportImprovement(), Called(issued)):
            raise _refused(
                f"The summons of {command.region} isn't held yet: it is called for {issued.hold_on}.",
                "not-held",
                "The province records first what was agreed.",
            )
        case (ReportImprovement(), Held(_, held)):
            opened = state.opened
            return [
                ImprovementReported(
                    plan=opened.plan,
                    year=opened.year,
                    region=command.region,
                    on=today,
                    late=today > held.report_due_on,
                    evidence=command.evidence,
                )
            ]
        case (ReportImprovement(), Reported(_, _, report)):
            if report.evidence == command.evidence:
                return []
            raise _refused(f"{report.evidence} came in on {report.on}.", "reported", "Read it again.")
        case (HoldSummons() | LiftSummons() | ReportImprovement(), None) | (
            HoldSummons() | ReportImprovement(),
            Lifted(),
        ):
            raise _refused(
                f"{command.region} isn't summoned.",
                "not-summoned",
                "The province calls it in first, and holds it before a report is due.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(known).__name__}")


def called_by_rule(line: Ranked, state: Appraisal) -> bool:
    """Whether the scheme's rule summons a city for its line of the ranking."""
    rule = state.opened.scheme.summons
    return rule is not None and line.total < rule.below


def to_summon(state: Appraisal, region: str) -> bool:
    """Whether the newest edition summons the city by rule, and nobody has issued or lifted that summons yet."""
    if not state.published:
        return False
    newest, known = state.published[-1], state.summonses.get(region)
    settled = known is not None and (not isinstance(known, Lifted) or known.issued.edition == newest.edition)
    return not settled and any(
        line.region == region and called_by_rule(line, state) for line in newest.cities
    )


def lifted_by(lines: tuple[Ranked, ...], state: Appraisal, edition: int, today: date) -> list[SummonsLifted]:
    """The events that lift summonses by rule, not yet held, for which the new edition gives no ground any more."""
    return [
        _lifted(known.issued, f"第{edition}期通报更正，{line.total:f}分", today)
        for line in lines
        if isinstance(known := state.summonses.get(line.region), Called)
        and known.issued.by_rule
        and not called_by_rule(line, state)
    ]


def _issued(
    command: SummonCity, state: Appraisal, known: Called | Lifted | None, today: date
) -> list[SummonsEvent]:
    if not state.published:
        raise _refused("There is no ranking yet.", "not-published", "Publish it first: it says for what.")
    newest = state.published[-1]
    line = next((each for each in newest.cities if each.region == command.region), None)
    if line is None:
        raise Refused(
            f"{command.region} is not assessed.",
            code="not-assessed",
            where="region",
            remedy=f"The cities are {', '.join(city.region for city in state.opened.cities)}.",
        )
    if command.hold_on < today:
        raise Refused(
            f"{command.hold_on} is past; today is {today}.",
            code="past-date",
            where="hold_on",
            remedy="Name the day on which it is to be held; that it was held is recorded afterwards.",
        )
    made = SummonsIssued(
        plan=state.opened.plan,
        year=state.opened.year,
        region=command.region,
        edition=newest.edition,
        total=line.total,
        by_rule=called_by_rule(line, state),
        whom=command.whom,
        by=command.by,
        hold_on=command.hold_on,
        on=today,
        evidence=command.evidence,
        reason=command.reason,
    )
    if isinstance(known, Called) and _same(known.issued, command):
        return []
    if not command.reason and (isinstance(known, Called) or not made.by_rule):
        why = (
            f"is called for {known.issued.hold_on}"
            if isinstance(known, Called)
            else f"has {line.total} points"
        )
        raise _refused(
            f"{command.region} {why}.",
            "reason-required",
            "Say why it is put off." if isinstance(known, Called) else "Say why it is summoned all the same.",
            where="reason",
        )
    return [made]


def _same(known: SummonsIssued, made: SummonCity) -> bool:
    return (known.whom, known.by, known.hold_on, known.evidence) == (
        made.whom,
        made.by,
        made.hold_on,
        made.evidence,
    )


def _held(command: HoldSummons, state: Appraisal, known: Called, today: date) -> SummonsHeld:
    if not known.issued.on <= command.held_on <= today:
        raise Refused(
            f"It was called on {known.issued.on}, and today is {today}: it wasn't held on {command.held_on}.",
            code="date-order",
            where="held_on",
            remedy="Give the day on which it was held, between the two.",
        )
    rule = state.opened.scheme.summons
    due = command.report_due_on
    if due is None and rule is not None:
        due = command.held_on + timedelta(days=rule.report_within_days)
    if due is None or due < command.held_on:
        raise Refused(
            "The report is due on a day after it was held.",
            code="date-order",
            where="report_due_on",
            remedy="Name that day; this scheme has no rule for it.",
        )
    return SummonsHeld(
        plan=state.opened.plan,
        year=state.opened.year,
        region=command.region,
        held_on=command.held_on,
        agreed=command.agreed,
        report_due_on=due,
        on=today,
        evidence=command.evidence,
    )


def _lifted(issued: SummonsIssued, reason: str, today: date) -> SummonsLifted:
    return SummonsLifted(plan=issued.plan, year=issued.year, region=issued.region, on=today, reason=reason)


def _refused(detail: str, code: str, remedy: str, where: str = "region") -> Refused:
    return Refused(detail, code=code, where=where, status=409, remedy=remedy)
