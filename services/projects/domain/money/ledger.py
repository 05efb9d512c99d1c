"""Entries of a fund's ledger: reserve 预留 → commit 下达 → pay 拨付, and back: release 释放, recover 收回.

No entry overdraws the fund, and none gives a project more than it is entitled to.
"""

from collections.abc import Sequence
from decimal import Decimal

from services.projects.domain.money import movement
from services.projects.domain.money.application import assessed
from services.projects.domain.money.commands import (
    AssessSubsidy,
    CloseSubsidy,
    CommitSubsidy,
    PaySubsidy,
    RecoverSubsidy,
    ReleaseSubsidy,
    ReserveSubsidy,
    SubsidyDecision,
)
from services.projects.domain.money.fund import (
    Application,
    Fund,
    FundEvent,
    SubsidyAssessed,
    SubsidyClosed,
    SubsidyCommitted,
    SubsidyPaid,
    SubsidyRecovered,
    SubsidyReleased,
    SubsidyReserved,
)
from services.projects.domain.money.guards import check_open, check_voucher
from services.projects.domain.money.movement import after
from services.projects.domain.money.separation import Step, check_other_person
from services.projects.domain.refusal import Refused

_ENDED = ("terminated", "formally_ended")


def decide_on_application(
    command: SubsidyDecision, fund: Fund, application: Application
) -> Sequence[FundEvent]:
    """The entries of a decision on an application that isn't closed. Raises Refused."""
    match command:
        case AssessSubsidy():
            return _assessed(command, fund, application)
        case ReserveSubsidy():
            return [_reserved(command, fund, application)]
        case CommitSubsidy():
            return [_committed(command, fund, application)]
        case PaySubsidy():
            return [_paid(command, fund, application)]
        case ReleaseSubsidy():
            return [_released(command, fund, application)]
        case RecoverSubsidy():
            return [_recovered(command, fund, application)]
        case CloseSubsidy():
            return [_closed(command, application)]


def _assessed(command: AssessSubsidy, fund: Fund, application: Application) -> Sequence[FundEvent]:
    _check_other_person(command, Step.ASSESS, application)
    entitlement = assessed(command, fund, application)
    # The first audit is a fact also where it confirms what was asked: without one nothing is committed.
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
            command.application,
            command.fund,
            asked.project,
            asked.region,
            command.base,
            application.entitlement,
            entitlement,
            released,
            command.on,
            command.evidence,
            command.reason,
            command.decided_by,
            after(fund.balance, movement.released(released, of_reserved=released)),
        )
    ]


def _reserved(command: ReserveSubsidy, fund: Fund, application: Application) -> SubsidyReserved:
    check_open(fund, command.on)
    _check_goes_on(command.stage, application)
    _check_other_person(command, Step.RESERVE, application)
    entry = movement.reserve(
        command.amount, application.room, "entitled to and not reserved yet", fund.balance
    )
    asked = application.requested
    return SubsidyReserved(
        command.application,
        command.fund,
        asked.project,
        asked.region,
        entry.amount,
        command.on,
        command.evidence,
        command.decided_by,
        after(fund.balance, entry),
    )


def _committed(command: CommitSubsidy, fund: Fund, application: Application) -> SubsidyCommitted:
    check_open(fund, command.on)
    _check_goes_on(command.stage, application)
    _check_other_person(command, Step.COMMIT, application)
    _check_assessed(command, application)
    entry, asked = movement.commit(command.amount, application), application.requested
    return SubsidyCommitted(
        command.application,
        command.fund,
        asked.project,
        asked.region,
        entry.amount,
        entry.released,
        command.on,
        command.evidence,
        command.decided_by,
        after(fund.balance, entry),
    )


def _paid(command: PaySubsidy, fund: Fund, application: Application) -> SubsidyPaid:
    # No check of the fund's last day: what was committed in the year may be paid after it (结转).
    _check_goes_on(command.stage, application)
    _check_other_person(command, Step.PAY, application)
    entry, asked = movement.pay(command.amount, application), application.requested
    check_voucher(fund, command.evidence)
    return SubsidyPaid(
        command.application,
        command.fund,
        asked.project,
        asked.region,
        entry.amount,
        command.on,
        command.evidence,
        command.decided_by,
        after(fund.balance, entry),
    )


def _released(command: ReleaseSubsidy, fund: Fund, application: Application) -> SubsidyReleased:
    entry, asked = movement.release(command.amount, application), application.requested
    return SubsidyReleased(
        command.application,
        command.fund,
        asked.project,
        asked.region,
        entry.amount,
        -entry.reserved,
        command.on,
        command.reason,
        command.decided_by,
        after(fund.balance, entry),
    )


def _recovered(command: RecoverSubsidy, fund: Fund, application: Application) -> SubsidyRecovered:
    entry, asked = movement.recover(command.amount, application), application.requested
    return SubsidyRecovered(
        command.application,
        command.fund,
        asked.project,
        asked.region,
        entry.amount,
        command.on,
        command.evidence,
        command.reason,
        command.decided_by,
        after(fund.balance, entry),
    )


def _closed(command: CloseSubsidy, application: Application) -> SubsidyClosed:
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
        command.application,
        command.fund,
        asked.project,
        asked.region,
        command.outcome,
        command.on,
        command.reason,
        command.decided_by,
    )


def _check_other_person(
    command: AssessSubsidy | ReserveSubsidy | CommitSubsidy | PaySubsidy, step: Step, application: Application
) -> None:
    check_other_person(command.separation.subsidy, step, command.decided_by, application.people)


def _check_assessed(command: CommitSubsidy, application: Application) -> None:
    if command.separation.assessed_before_commitment and not application.assessed:
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
