"""Decisions on funds: open, change the appropriation or terms. Subsidies and awards have their own decisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, get_args

from services.projects.common.refusal import Refused
from services.projects.common.values import Evidence, Note, RegionCode, ShortText
from services.projects.funds.awards.decisions import AwardCommand, Paying, decide_on_award
from services.projects.funds.balance import Balance
from services.projects.funds.facts import (
    INITIAL,
    Fund,
    FundAppropriationChanged,
    FundEvent,
    FundOpened,
    FundState,
    FundTermsChanged,
    NoFund,
    evolve,
)
from services.projects.funds.guards import check_day, check_open
from services.projects.funds.subsidies.decisions.application import request, same
from services.projects.funds.subsidies.decisions.commands import (
    Asking,
    Deciding,
    RequestSubsidy,
    SubsidyDecision,
)
from services.projects.funds.subsidies.decisions.ledger import decide_on_application
from services.projects.funds.terms import Aid, Base, Terms, checked
from services.projects.funds.values import (
    AboveZero,
    DayOfDecision,
    FundId,
    Quantity,
    Rate,
    SignedYuan,
    Word,
    Yuan,
)
from shared.command import Given, command, decider
from shared.values import Many, Says, Text

_TERMS: dict[str, Any] = {
    "valid_from": "2013-01-01",
    "valid_to": "2013-12-31",
    "aids": ["interest_subsidy", "grant"],
    "bases": ["bank_loan", "equipment_investment"],
    "rate": "0.05",
    "cap": "5000000",
    "stages": ["started", "partly_producing", "producing", "accepted"],
    "programmes": ["TR"],
    "source": "TR-19b, TR-19c",
}


@command()
class TermsPart:
    """What a fund pays for between two days: min(rate × base, cap), or without a rate what is decided."""

    valid_from: Annotated[date, Says(description="first day", example="2013-01-01")]
    valid_to: Annotated[date | None, Says(description="last day; null: until further notice")] = None
    aids: Annotated[
        tuple[Aid, ...],
        Many(
            min_length=1,
            max_length=5,
            description="interest_subsidy 贴息, grant 补助; award 奖励: what an appraisal has granted a city",
        ),
    ]
    bases: Annotated[
        tuple[Base, ...],
        Many(
            max_length=10,
            description="what the rate applies to, one of them: bank_loan, equipment_investment, fixed_investment "
            "(yuan), energy_saving (tce a year)",
        ),
    ] = ()
    rate: Annotated[Rate | None, Says(description="yuan per unit of base; null: case by case")] = None
    cap: Annotated[Yuan | None, Says(description="most that one project gets, yuan; null: no cap")] = None
    stages: Annotated[
        tuple[Word, ...], Many(max_length=20, description="project's stages in which it may ask")
    ] = ()
    programmes: Annotated[
        tuple[Annotated[str, Text(pattern=r"^[A-Z]{2}$")], ...],
        Many(max_length=10, description="the project carries one of these tags"),
    ] = ()
    base_from: Annotated[Quantity | None, Says(description="a smaller base gets nothing")] = None
    base_below: Annotated[Quantity | None, Says(description="a base from here on gets nothing")] = None
    criteria: Annotated[
        tuple[Word, ...], Many(max_length=20, description="each is answered with its evidence")
    ] = ()
    source: Annotated[Note, Says(description="where the terms stand", example="TR-19b, TR-19c")] = ""


@command(
    example={
        "fund": "TR-19",
        "name": "省级企业技术改造专项资金",
        "region": "350000",
        "purpose": "技术改造贴息或补助",
        "amount": "300000000",
        "valid_from": "2013-01-01",
        "valid_to": "2013-12-31",
        "terms": [_TERMS],
        "source": "TR-19a",
    }
)
class OpenFund:
    """Money set aside by a government."""

    fund: FundId
    name: Annotated[ShortText, Says(description="name (资金名称)")]
    region: Annotated[RegionCode, Says(description="whose money it is", example="350000")]
    purpose: Annotated[ShortText, Says(description="what it is for, in words")]
    amount: Annotated[AboveZero, Says(description="what is set aside (安排), yuan")]
    valid_from: Annotated[date, Says(description="first day on which it may be drawn on")]
    valid_to: Annotated[date, Says(description="last day for reserving and committing; payments may follow")]
    terms: Annotated[
        tuple[TermsPart, ...], Many(min_length=1, max_length=50, description="no two hold on a day")
    ]
    source: Annotated[ShortText, Says(description="what sets it aside", example="TR-19a")]


@command(
    example={
        "fund": "TR-19",
        "amount": "50000000",
        "on": "2013-07-01",
        "evidence": "闽财企〔2013〕30号",
        "reason": "年中追加",
    }
)
class ChangeAppropriation:
    """More money for a fund, or less."""

    fund: FundId
    amount: Annotated[SignedYuan, Says(description="difference, yuan; below zero to cut")]
    on: DayOfDecision = None
    evidence: Evidence
    reason: ShortText


@command(
    example={
        "fund": "TR-19",
        "terms": [_TERMS],
        "evidence": "闽经贸投资〔2013〕12号",
        "reason": "实施细则",
    }
)
class ChangeFundTerms:
    """All terms of a fund, with their days; what was asked for before keeps its own."""

    fund: FundId
    terms: Annotated[tuple[TermsPart, ...], Many(min_length=1, max_length=50)]
    on: DayOfDecision = None
    evidence: Evidence
    reason: ShortText


FundCommand = (
    OpenFund | ChangeAppropriation | ChangeFundTerms | RequestSubsidy | SubsidyDecision | AwardCommand
)


def decide(command: FundCommand, state: FundState, given: Given) -> Sequence[FundEvent]:
    """The events of a command, or Refused."""
    if isinstance(command, OpenFund):
        return _opened(command, state, given)
    if isinstance(state, NoFund):
        raise Refused(
            f"{type(command).__name__} on {type(state).__name__}: there is no fund {command.fund!r}.",
            code="not-found",
            status=404,
            where="fund",
            remedy="Open the fund first, or check its id.",
        )
    match (command, given):
        case (ChangeAppropriation(), _):
            return [_appropriated(command, state, given)]
        case (ChangeFundTerms(), _):
            return _terms_changed(command, state, given)
        case (RequestSubsidy(), Asking()):
            return _requested(command, state, given)
        case (_, Deciding()) if isinstance(command, get_args(SubsidyDecision)):
            return decide_on_application(command, state, given)
        case (_, Paying()) if isinstance(command, get_args(AwardCommand)):
            return decide_on_award(command, state, given)
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


FUND = decider(INITIAL, decide, evolve)


def _opened(command: OpenFund, state: FundState, given: Given) -> Sequence[FundEvent]:
    opened = _open(command, given)
    if isinstance(state, NoFund):
        return [opened]
    if replace(opened, opened_on=state.opened.opened_on) == state.opened:
        return []
    raise Refused(
        f"There is a fund {command.fund!r} already, with other content.",
        code="exists",
        status=409,
        where="fund",
        remedy="Change its appropriation or its terms; a new fund needs a new id.",
    )


def _open(command: OpenFund, given: Given) -> FundOpened:
    if command.amount <= 0:
        raise Refused("The amount is not above zero.", code="amount", where="amount")
    if command.valid_to < command.valid_from:
        raise Refused(
            f"The fund ends on {command.valid_to}, before it begins on {command.valid_from}.",
            code="date-order",
            where="valid_to",
        )
    return FundOpened(
        fund=command.fund,
        name=command.name,
        region=command.region,
        purpose=command.purpose,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        terms=_terms(command.terms),
        source=command.source,
        opened_on=given.today,
        balance=Balance(command.amount),
    )


def _appropriated(command: ChangeAppropriation, fund: Fund, given: Given) -> FundAppropriationChanged:
    on = command.on or given.today
    check_day(on, given.today)
    after = replace(fund.balance, appropriated=fund.balance.appropriated + command.amount)
    if command.amount == 0:
        raise Refused("A change by nothing is none.", code="amount", where="amount")
    if after.available < 0:
        raise Refused(
            f"{fund.balance.held:f} yuan of the fund are reserved, committed or paid; only "
            f"{fund.balance.available:f} can be taken out.",
            code="overdrawn",
            where="amount",
        )
    return FundAppropriationChanged(
        fund=command.fund,
        region=fund.opened.region,
        amount=command.amount,
        on=on,
        evidence=command.evidence,
        reason=command.reason,
        decided_by=given.by,
        balance=after,
    )


def _terms_changed(command: ChangeFundTerms, fund: Fund, given: Given) -> Sequence[FundEvent]:
    on = command.on or given.today
    check_day(on, given.today)
    terms = _terms(command.terms)
    if terms == fund.terms:
        return []
    return [
        FundTermsChanged(
            fund=command.fund,
            region=fund.opened.region,
            terms=terms,
            on=on,
            evidence=command.evidence,
            reason=command.reason,
            decided_by=given.by,
        )
    ]


def _requested(command: RequestSubsidy, fund: Fund, given: Asking) -> Sequence[FundEvent]:
    known = fund.applications.get(given.application)
    if known is not None:
        if same(command, known, given):
            return []
        raise Refused(
            f"There is an application {given.application!r} already, with other content.",
            code="exists",
            status=409,
            where="application",
            remedy="Have it assessed anew, or use a new id.",
        )
    on = command.on or given.today
    check_day(on, given.today)
    check_open(fund, on)
    return [request(command, fund, given)]


def _terms(parts: Sequence[TermsPart]) -> tuple[Terms, ...]:
    return checked(
        [
            Terms(
                valid_from=part.valid_from,
                valid_to=part.valid_to,
                aids=part.aids,
                bases=part.bases,
                rate=part.rate,
                cap=part.cap,
                stages=part.stages,
                programmes=part.programmes,
                base_from=part.base_from,
                base_below=part.base_below,
                criteria=part.criteria,
                source=part.source,
            )
            for part in parts
        ]
    )
