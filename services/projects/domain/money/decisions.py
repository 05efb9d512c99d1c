"""What may be done with a Fund (专项资金), and what comes of it. Decisions on its money stand in `ledger`."""

from collections.abc import Sequence
from dataclasses import replace

from services.projects.domain.money.application import open_application, request, same
from services.projects.domain.money.award_commands import (
    CommitAward,
    FitAward,
    PayAward,
    RecoverAward,
    ReleaseAward,
    ReserveAward,
)
from services.projects.domain.money.award_decisions import decide_on_award
from services.projects.domain.money.balance import Balance
from services.projects.domain.money.commands import (
    AssessSubsidy,
    ChangeAppropriation,
    ChangeFundTerms,
    CloseSubsidy,
    CommitSubsidy,
    FundCommand,
    OpenFund,
    PaySubsidy,
    RecoverSubsidy,
    ReleaseSubsidy,
    RequestSubsidy,
    ReserveSubsidy,
)
from services.projects.domain.money.fund import (
    Fund,
    FundAppropriationChanged,
    FundEvent,
    FundOpened,
    FundState,
    FundTermsChanged,
    NoFund,
)
from services.projects.domain.money.guards import check_day, check_open
from services.projects.domain.money.ledger import decide_on_application
from services.projects.domain.money.terms import checked
from services.projects.domain.refusal import Refused


def decide(command: FundCommand, state: FundState) -> Sequence[FundEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (OpenFund(), NoFund()):
            return [_opened(command)]
        case (OpenFund(), Fund()):
            if replace(_opened(command), opened_on=state.opened.opened_on) == state.opened:
                return []
            raise Refused(
                f"There is a fund {command.fund!r} already, with other content.",
                code="exists",
                status=409,
                where="fund",
                remedy="Change its appropriation or its terms; a new fund needs a new id.",
            )
        case (ChangeAppropriation(), Fund()):
            return [_appropriated(command, state)]
        case (ChangeFundTerms(), Fund()):
            return _terms_changed(command, state)
        case (RequestSubsidy(), Fund()):
            return _requested(command, state)
        case (
            AssessSubsidy()
            | ReserveSubsidy()
            | CommitSubsidy()
            | PaySubsidy()
            | ReleaseSubsidy()
            | RecoverSubsidy()
            | CloseSubsidy(),
            Fund(),
        ):
            application = open_application(state, command.application)
            check_day(command.on, command.today, application.last_on)
            return decide_on_application(command, state, application)
        case (
            ReserveAward() | CommitAward() | PayAward() | ReleaseAward() | FitAward() | RecoverAward(),
            Fund(),
        ):
            return decide_on_award(command, state)
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no fund {command.fund!r}.",
                code="not-found",
                status=404,
                where="fund",
                remedy="Open the fund first, or check its id.",
            )


def _opened(command: OpenFund) -> FundOpened:
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
        terms=checked(command.terms),
        source=command.source,
        opened_on=command.today,
        balance=Balance(command.amount),
    )


def _appropriated(command: ChangeAppropriation, fund: Fund) -> FundAppropriationChanged:
    check_day(command.on, command.today)
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
        command.fund,
        fund.opened.region,
        command.amount,
        command.on,
        command.evidence,
        command.reason,
        command.decided_by,
        after,
    )


def _terms_changed(command: ChangeFundTerms, fund: Fund) -> Sequence[FundEvent]:
    check_day(command.on, command.today)
    terms = checked(command.terms)
    if terms == fund.terms:
        return []
    return [
        FundTermsChanged(
            command.fund,
            fund.opened.region,
            terms,
            command.on,
            command.evidence,
            command.reason,
            command.decided_by,
        )
    ]


def _requested(command: RequestSubsidy, fund: Fund) -> Sequence[FundEvent]:
    known = fund.applications.get(command.application)
    if known is not None:
        if same(command, known):
            return []
        raise Refused(
            f"There is an application {command.application!r} already, with other content.",
            code="exists",
            status=409,
            where="application",
            remedy="Have it assessed anew, or use a new id.",
        )
    check_day(command.on, command.today)
    check_open(fund, command.on)
    return [request(command, fund)]
