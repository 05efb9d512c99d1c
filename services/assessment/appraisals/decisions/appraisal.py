"""Decisions on an appraisal: open, self-assess, verify and correct, publish, award."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from services.assessment.appraisals.decisions.commands import (
    AssessOwn,
    GrantAwards,
    ItemPoints,
    Known,
    OpenAppraisal,
    Opening,
    PublishRanking,
    Scoring,
    VerifyScore,
)
from services.assessment.appraisals.decisions.places import Score, places
from services.assessment.appraisals.facts import (
    INITIAL,
    Appraisal,
    AppraisalEvent,
    AppraisalOpened,
    AppraisalState,
    AwardGranted,
    Completion,
    Difference,
    ItemScore,
    NotOpened,
    Ranked,
    RankingPublished,
    ScoreVerified,
    SelfAssessed,
    VerifiedScoreCorrected,
    evolve,
)
from services.assessment.appraisals.summonses.decisions import (
    HoldSummons,
    LiftSummons,
    ReportImprovement,
    SummonCity,
    SummonsCommand,
    decide_on_summons,
    lifted_by,
)
from services.assessment.common.refusal import Refused
from services.assessment.plans.facts.scheme import Scheme
from shared.command import decider

_MONTHS = 12
"""A year's investment is reported month by month (TR-12)."""


AppraisalCommand = OpenAppraisal | AssessOwn | VerifyScore | PublishRanking | GrantAwards | SummonsCommand


def decide(command: AppraisalCommand, state: AppraisalState, given: Known) -> Sequence[AppraisalEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (OpenAppraisal(), NotOpened()) if isinstance(given, Opening):
            return [_opened(command, given)]
        case (OpenAppraisal(), Appraisal()):
            return []
        case (_, NotOpened()):
            raise Refused(
                "The appraisal of that year isn't open.",
                code="not-found",
                where="year",
                status=404,
                remedy="The province opens it first.",
            )
        case (AssessOwn(), Appraisal()) if isinstance(given, Scoring):
            return _self_assessed(command, state, given)
        case (VerifyScore(), Appraisal()) if isinstance(given, Scoring):
            return _verified(command, state, given)
        case (PublishRanking(), Appraisal()):
            return _published(command, state, given.today)
        case (GrantAwards(), Appraisal()):
            return _awarded(command, state, given.today)
        case (SummonCity() | HoldSummons() | LiftSummons() | ReportImprovement(), Appraisal()):
            return decide_on_summons(command, state, given.today)
        case _:
            raise TypeError(f"no decision for {type(command).__name__} with {type(given).__name__}")


APPRAISAL = decider(INITIAL, decide, evolve)


def _opened(command: OpenAppraisal, given: Opening) -> AppraisalOpened:
    scheme = given.scheme
    if scheme is None:
        raise _invalid(
            f"No scheme is in force for {command.year}.", "no-scheme", "year", "Load a plan that has one."
        )
    if not given.cities:
        raise _invalid("The plan names no cities.", "no-cities", "plan", "Load the plan with its regions.")
    return AppraisalOpened(
        plan=command.plan,
        year=command.year,
        scheme=scheme,
        cities=given.cities,
        self_due_on=scheme.self_due_on(command.year),
        verify_due_on=scheme.verify_due_on(command.year),
        opened_on=given.today,
    )


def _self_assessed(command: AssessOwn, state: Appraisal, given: Scoring) -> list[AppraisalEvent]:
    _check_city(command.region, command.items, state, given.today)
    if command.region in state.verified:
        raise _refused(
            f"{command.region} is verified already.",
            "verified",
            "region",
            "Ask the province for a correction.",
        )
    scheme = state.opened.scheme
    points = Decimal(0) if given.completion is None else given.completion.points(scheme.completion_points)
    made = SelfAssessed(
        plan=state.opened.plan,
        year=state.opened.year,
        region=command.region,
        items=_in_order(command.items, scheme),
        completion=given.completion,
        completion_points=points,
        total=points + _sum(command.items),
        on=given.today,
        late=given.today > state.opened.self_due_on,
        evidence=command.evidence,
    )
    before = state.own.get(command.region)
    return [] if before is not None and _same_said(before, made) else [made]


def _verified(command: VerifyScore, state: Appraisal, given: Scoring) -> list[AppraisalEvent]:
    _check_city(command.region, command.items, state, given.today)
    opened = state.opened
    if command.region not in state.own and given.today <= opened.self_due_on:
        raise _refused(
            f"{command.region} has until {opened.self_due_on} to assess itself.",
            "self-assessment-open",
            "region",
            "Verify it when that has come in, or after that day.",
        )
    completion = given.completion
    if completion is None:
        raise _invalid(
            f"The plan prints no target of {command.region} for {opened.year}: it can't be scored (X-13).",
            "no-target",
            "year",
            "Set the targets of that year first, and open the appraisal then.",
        )
    if completion.expected < _MONTHS:
        raise _invalid(
            f"Only {completion.expected} of the {_MONTHS} reports of {opened.year} are due yet.",
            "reports-not-due",
            "year",
            "Verify it when all are.",
        )
    lacking = bool(completion.missing) or completion.value is None
    if lacking and not command.missing_accepted:
        missing = ", ".join(completion.missing) or "all"
        raise _invalid(
            f"Reports of {command.region} are missing: {missing}. What is missing is not zero.",
            "reports-missing",
            "missing_accepted",
            "Wait for them, or say in missing_accepted why what is there shall count.",
        )
    points = completion.points(opened.scheme.completion_points)
    made = ScoreVerified(
        plan=opened.plan,
        year=opened.year,
        region=command.region,
        items=_in_order(command.items, opened.scheme),
        completion=completion,
        completion_points=points,
        total=points + _sum(command.items),
        on=given.today,
        evidence=command.evidence,
        missing_accepted=command.missing_accepted if lacking else None,
    )
    before = state.verified.get(command.region)
    if before is None:
        return [made]
    if _same_said(before, made):
        return []
    if not command.reason:
        raise _refused(
            f"{command.region} is verified with {before.total} points.",
            "reason-required",
            "reason",
            "Say why it is corrected; what was verified before is kept.",
        )
    members = {each.name: getattr(made, each.name) for each in fields(ScoreVerified)}
    return [VerifiedScoreCorrected(**members, previous_total=before.total, reason=command.reason)]


def _published(command: PublishRanking, state: Appraisal, today: date) -> list[AppraisalEvent]:
    waiting = [city.region for city in state.opened.cities if city.region not in state.verified]
    if waiting:
        raise _refused(
            f"Not verified yet: {', '.join(waiting)}.",
            "not-verified",
            "year",
            "Verify every city first: a ranking of some is none.",
        )
    scores = [Score(each.region, each.total, each.completion.ratio) for each in state.verified.values()]
    lines = tuple(_line(place.region, asdict(place), state) for place in places(scores, state.opened.scheme))
    last = state.published[-1] if state.published else None
    if last is not None and last.cities == lines:
        return []
    if last is not None and not command.reason:
        raise _refused(
            f"Edition {last.edition} is out, and scores were corrected since.",
            "reason-required",
            "reason",
            "Say why another edition goes out.",
        )
    edition = len(state.published) + 1
    return [
        RankingPublished(
            plan=state.opened.plan,
            year=state.opened.year,
            edition=edition,
            cities=lines,
            differences=() if last is None else _differences(last.cities, lines),
            on=today,
            evidence=command.evidence,
            reason=None if last is None else command.reason,
        ),
        *lifted_by(lines, state, edition, today),
    ]


def _line(region: str, place: dict[str, Any], state: Appraisal) -> Ranked:
    own = state.own.get(region)
    return Ranked(
        region=region,
        rank=place["rank"],
        ties=place["ties"],
        total=state.verified[region].total,
        self_total=None if own is None else own.total,
        award=place["award"],
    )


def _differences(before: Sequence[Ranked], after: Sequence[Ranked]) -> tuple[Difference, ...]:
    old = {each.region: each for each in before}
    return tuple(
        Difference(
            new.region,
            old[new.region].rank,
            new.rank,
            old[new.region].total,
            new.total,
            old[new.region].award,
            new.award,
        )
        for new in after
        if new != old[new.region]
    )


def _awarded(command: GrantAwards, state: Appraisal, today: date) -> list[AppraisalEvent]:
    if not state.published:
        raise _refused(
            "There is no ranking yet.", "not-published", "year", "Publish it first: awards go by its places."
        )
    newest = state.published[-1]
    return [
        AwardGranted(
            plan=state.opened.plan,
            year=state.opened.year,
            edition=newest.edition,
            region=line.region,
            rank=line.rank,
            amount=line.award,
            previous_amount=before,
            on=today,
            evidence=command.evidence,
        )
        for line in newest.cities
        if line.award != (before := state.awards.get(line.region, Decimal(0)))
    ]


def _check_city(region: str, items: Sequence[ItemPoints], state: Appraisal, today: date) -> None:
    opened = state.opened
    if today <= date(opened.year, 12, 31):
        raise _invalid(f"{opened.year} is not over.", "year-not-over", "year", "Assess it when it is.")
    if state.city(region) is None:
        raise _invalid(
            f"{region} is not assessed.",
            "not-assessed",
            "region",
            f"The cities are {', '.join(city.region for city in opened.cities)}.",
        )
    owed = {each.item: each for each in opened.scheme.items}
    said = [each.item for each in items]
    if sorted(said) != sorted(owed):
        raise _invalid(
            f"Each measure has its points once: {', '.join(owed)}.",
            "items-incomplete",
            "items",
            "A measure that was not carried out has 0 points, and its evidence says so.",
        )
    for each in items:
        if each.points > owed[each.item].points:
            raise _invalid(
                f"{each.item} brings at most {owed[each.item].points} points, not {each.points}.",
                "too-many-points",
                "items",
                "Correct the points.",
            )


def _same_said(before: SelfAssessed | ScoreVerified, made: SelfAssessed | ScoreVerified) -> bool:
    """Whether two facts say the same, ignoring the day and the positions of the logs."""
    if before.completion is None or made.completion is None:
        figures = before.completion == made.completion
    else:
        figures = _figure(before.completion) == _figure(made.completion)
    return (before.items, before.evidence, figures) == (made.items, made.evidence, True)


def _figure(completion: Completion) -> tuple[object, ...]:
    return completion.target_value, completion.value, completion.missing


def _in_order(items: Sequence[ItemPoints], scheme: Scheme) -> tuple[ItemScore, ...]:
    order = [each.item for each in scheme.items]
    ordered = sorted(items, key=lambda each: order.index(each.item))
    return tuple(ItemScore(each.item, each.points, each.evidence) for each in ordered)


def _sum(items: Sequence[ItemPoints]) -> Decimal:
    return sum((each.points for each in items), Decimal(0))


def _refused(detail: str, code: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code=code, where=where, status=409, remedy=remedy)


def _invalid(detail: str, code: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code=code, where=where, remedy=remedy)
