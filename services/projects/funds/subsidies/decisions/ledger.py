"""Decisions on applications' ledger entries: reserve 预留, commit 下达, pay 拨付; release 释放, recover 收回.

No entry overdraws the fund, and none gives a project more than it is entitled to.
"""

from collections.abc import Sequence
from decimal import Decimal

from services.projects.common.refusal import Refused
from services.projects.funds import movement
from services.projects.funds.facts import Fund, FundEvent
from services.projects.funds.guards import check_day, check_open, check_voucher
from services.projects.funds.movement import after
from services.projects.funds.separation import Step, check_other_person
from services.projects.funds.subsidies.decisions.application import assessed, open_application
from services.projects.funds.subsidies.decisions.commands import (
    AssessSubsidy,
    CloseSubsidy,
    CommitSubsidy,
    Deciding,
    PaySubsidy,
    RecoverSubsidy,
    ReleaseSubsidy,
    ReserveSubsidy,
    SubsidyDecision,
)
from services.projects.funds.subsidies.facts import (
    Application,
    SubsidyAssessed,
    SubsidyClosed,
    SubsidyCommitted,
    SubsidyPaid,
    SubsidyRecovered,
    SubsidyReleased,
    SubsidyReserved,
)

_ENDED = ("terminated", "formally_ended")


def decide_on_application(command: SubsidyDecision, fund: Fund, given: Deciding) -> Sequence[FundEvent]:
    """The entries of a decision on an application that isn't closed. Raises Refused."""
    application = open_application(fund, command.application)
    check_day(command.on or given.today, given.today, application.last_on)
    match command:
        case AssessSubsidy():
            return _assessed(command, fund, application, given)
        case ReserveSubsidy():
            return [_reserved(command, fund, application, given)]
        case CommitSubsidy():
            return [_committed(command, fund, application, given)]
        case PaySubsidy():
            return [_paid(command, fund, application, given)]
        case ReleaseSubsidy():
            return [_released(command, fund, application, given)]
        case RecoverSubsidy():
            return [_recovered(command, fund, application, given)]
        case CloseSubsidy():
            return [_closed(command, application, given)]


def _assessed(
    command: AssessSubsidy, fund: Fund, application: Application, given: Deciding
) -> Sequence[FundEvent]:
    _check_other_person(given, Step.ASSESS, application)
    entitlement = assessed(command, fund, application, given)
    # A first audit that confirms the base is recorded too: committing may require an audit.
    if application.assessed and (entitlement, command.base) == (application.entitlement, application.base):
        return []
    spent = application.committed + application.paid
    if entitlement < spent:
        raise Refused(
            f"{spent:f} yuan are committed or paid, more than the {entitlement:f} of the audited base.",
            code="over-entitlement",
            where="base",
            remedy="Release what is committed and recover what is paid above it, then assess.",
        )
    released = max(application.taken - entitlement, Decimal(0))
    asked = application.requested
    return [
        SubsidyAssessed(
            application=command.application,
            fund=command.fund,
            project=asked.project,
            region=asked.region,
            base=command.base,
            previous_entitlement=application.entitlement,
            entitlement=entitlement,
            released=released,
            on=command.on or given.today,
            evidence=command.evidence,
            reason=command.reason,
            decided_by=given.by,
            balance=after(fund.balance, movement.released(released, of_reserved=released)),
        )
    ]


def _reserved(
    command: ReserveSubsidy, fund: Fund, application: Application, given: Deciding
) -> SubsidyReserved:
    check_open(fund, command.on or given.today)
    _check_goes_on(given.stage, application)
    _check_other_person(given, Step.RESERVE, application)
    entry = movement.reserve(
        command.amount, application.room, "entitled to and not reserved yet", fund.balance
    )
    asked = application.requested
    return SubsidyReserved(
        application=command.application,
        fund=command.fund,
        project=asked.project,
        region=asked.region,
        amount=entry.amount,
        on=command.on or given.today,
        evidence=command.evidence,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _committed(
    command: CommitSubsidy, fund: Fund, application: Application, given: Deciding
) -> SubsidyCommitted:
    check_open(fund, command.on or given.today)
    _check_goes_on(given.stage, application)
    _check_other_person(given, Step.COMMIT, application)
    _check_assessed(command, application, given)
    entry, asked = movement.commit(command.amount, application), application.requested
    return SubsidyCommitted(
        application=command.application,
        fund=command.fund,
        project=asked.project,
        region=asked.region,
        amount=entry.amount,
        released=entry.released,
        on=command.on or given.today,
        evidence=command.evidence,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _paid(command: PaySubsidy, fund: Fund, application: Application, given: Deciding) -> SubsidyPaid:
    # The fund's last day isn't checked: what was committed by then may be paid later (结转).
    _check_goes_on(given.stage, application)
    _check_other_person(given, Step.PAY, application)
    entry, asked = movement.pay(command.amount, application), application.requested
    check_voucher(fund, command.evidence)
    return SubsidyPaid(
        application=command.application,
        fund=command.fund,
        project=asked.project,
        region=asked.region,
        amount=entry.amount,
        on=command.on or given.today,
        evidence=command.evidence,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _released(
    command: ReleaseSubsidy, fund: Fund, application: Application, given: Deciding
) -> SubsidyReleased:
    entry, asked = movement.release(command.amount, application), application.requested
    return SubsidyReleased(
        application=command.application,
        fund=command.fund,
        project=asked.project,
        region=asked.region,
        amount=entry.amount,
        of_reserved=-entry.reserved,
        on=command.on or given.today,
        reason=command.reason,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _recovered(
    command: RecoverSubsidy, fund: Fund, application: Application, given: Deciding
) -> SubsidyRecovered:
    entry, asked = movement.recover(command.amount, application), application.requested
    return SubsidyRecovered(
        application=command.application,
        fund=command.fund,
        project=asked.project,
        region=asked.region,
        amount=entry.amount,
        on=command.on or given.today,
        evidence=command.evidence,
        reason=command.reason,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _closed(command: CloseSubsidy, application: Application, given: Deciding) -> SubsidyClosed:
    if held := application.taken:
        raise Refused(
            f"{held:f} yuan are reserved, committed or paid for {command.application}.",
            code="money-held",
            status=409,
            where="application",
            remedy="Release or recover them first.",
        )
    asked = application.requested
    return SubsidyClosed(
        application=command.application,
        fund=command.fund,
        project=asked.project,
        region=asked.region,
        outcome=command.outcome,
        on=command.on or given.today,
        reason=command.reason,
        decided_by=given.by,
    )


def _check_other_person(given: Deciding, step: Step, application: Application) -> None:
    check_other_person(given.separation.subsidy, step, given.by, application.people)


def _check_assessed(command: CommitSubsidy, application: Application, given: Deciding) -> None:
    if given.separation.assessed_before_commitment and not application.assessed:
        raise Refused(
            f"The base of application {command.application} was not audited (核定).",
            code="not-assessed",
            status=409,
            where="application",
            remedy="Assess it first, with the audit's evidence, also where the audit confirms what was asked.",
        )


def _check_goes_on(stage: str, application: Application) -> None:
    if stage in _ENDED:
        raise Refused(
            f"Project {application.requested.project} is terminated.",
            code="stage",
            where="application",
            remedy="Release what is held for it.",
        )
