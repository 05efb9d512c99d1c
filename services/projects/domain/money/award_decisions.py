"""Entries of a fund's ledger for awards (奖励): what was granted is reserved, committed, paid; and back.

No entry overdraws the fund, none goes beyond what the appraisal has granted, and no other fund pays the same award.
"""

from collections.abc import Sequence
from decimal import Decimal

from services.projects.domain.money import movement
from services.projects.domain.money.award import (
    AwardCommitted,
    AwardEvent,
    AwardPaid,
    AwardPayment,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)
from services.projects.domain.money.award_commands import (
    AwardCommand,
    CommitAward,
    FitAward,
    PayAward,
    RecoverAward,
    ReleaseAward,
    ReserveAward,
)
from services.projects.domain.money.fund import Fund
from services.projects.domain.money.guards import (
    check_day,
    check_open,
    check_voucher,
)
from services.projects.domain.money.movement import Movement, after
from services.projects.domain.money.separation import People, Step, check_other_person
from services.projects.domain.money.terms import Aid, in_force
from services.projects.domain.refusal import Refused


def decide_on_award(command: AwardCommand, fund: Fund) -> Sequence[AwardEvent]:
    """The entries of a decision on an award. Raises Refused."""
    known = fund.awards.get(command.award.award)
    if isinstance(command, FitAward):
        return [] if known is None else _fitted(command, fund, known)
    check_day(command.on, command.today, None if known is None else known.last_on)
    if isinstance(command, ReserveAward):
        return [_reserved(command, fund, known)]
    if known is None:
        raise Refused(
            f"Fund {fund.opened.fund} holds nothing for award {command.award.award}.",
            code="not-reserved",
            status=409,
            where="award",
            remedy="Reserve it first, or name the fund that pays it.",
        )
    match command:
        case CommitAward():
            return [_committed(command, fund, known)]
        case PayAward():
            return [_paid(command, fund, known)]
        case ReleaseAward():
            return [_released(fund, known, movement.release(command.amount, known), command)]
        case RecoverAward():
            return [_recovered(command, fund, known)]


def _reserved(command: ReserveAward, fund: Fund, known: AwardPayment | None) -> AwardReserved:
    award = command.award
    check_open(fund, command.on)
    _check_other_person(command, Step.RESERVE, People() if known is None else known.people)
    if Aid.AWARD not in in_force(fund.terms, command.on).aids:
        raise Refused(
            f"The fund {fund.opened.fund} doesn't pay awards.",
            code="aid-not-given",
            where="fund",
            remedy="Name a fund that does, or change the fund's terms by a decision.",
        )
    if not award.in_area or award.region == fund.opened.region:
        raise Refused(
            f"A fund of {fund.opened.region} doesn't award {award.region}: awards are paid from above.",
            code="foreign-award",
            where="award",
        )
    if award.elsewhere is not None:
        raise Refused(
            f"Award {award.award} is paid out of fund {award.elsewhere}.",
            code="paid-elsewhere",
            status=409,
            where="award",
            remedy=f"Release and recover it there first, or go on in {award.elsewhere}.",
        )
    if command.on < award.granted_on:
        raise Refused(
            f"The award was granted on {award.granted_on}; {command.on} lies before that.",
            code="date-order",
            where="on",
        )
    taken = Decimal(0) if known is None else known.taken
    entry = movement.reserve(
        command.amount, award.amount - taken, "granted and not reserved yet", fund.balance
    )
    return AwardReserved(
        award=award.award,
        fund=command.fund,
        plan=award.plan,
        year=award.year,
        region=award.region,
        edition=award.edition,
        granted=award.amount,
        amount=entry.amount,
        on=command.on,
        evidence=command.evidence,
        decided_by=command.decided_by,
        balance=after(fund.balance, entry),
    )


def _committed(command: CommitAward, fund: Fund, known: AwardPayment) -> AwardCommitted:
    check_open(fund, command.on)
    _check_other_person(command, Step.COMMIT, known.people)
    entry = movement.commit(command.amount, known)
    _check_granted(command, known, known.committed + known.paid + entry.amount)
    return AwardCommitted(
        known.award,
        command.fund,
        known.region,
        entry.amount,
        entry.released,
        command.on,
        command.evidence,
        command.decided_by,
        after(fund.balance, entry),
    )


def _paid(command: PayAward, fund: Fund, known: AwardPayment) -> AwardPaid:
    # No check of the fund's last day: what was committed in the year may be paid after it (结转).
    _check_other_person(command, Step.PAY, known.people)
    entry = movement.pay(command.amount, known)
    check_voucher(fund, command.evidence)
    _check_granted(command, known, known.paid + entry.amount)
    return AwardPaid(
        known.award,
        command.fund,
        known.region,
        entry.amount,
        command.on,
        command.evidence,
        command.decided_by,
        after(fund.balance, entry),
    )


def _check_other_person(command: ReserveAward | CommitAward | PayAward, step: Step, people: People) -> None:
    check_other_person(command.separation.award, step, command.decided_by, people)


def _check_granted(command: CommitAward | PayAward, known: AwardPayment, after: Decimal) -> None:
    """An edition may have taken away what was reserved: not another yuan goes out of it."""
    granted = command.award.amount
    if after > granted:
        raise Refused(
            f"Edition {command.award.edition} of the ranking grants {known.region} {granted:f} yuan; "
            f"with this it would be {after:f}.",
            code="over-granted",
            status=409,
            where="amount",
            remedy="Release what is held above it.",
            extra={"granted": f"{granted:.2f}"},
        )


def _fitted(command: FitAward, fund: Fund, known: AwardPayment) -> Sequence[AwardReleased]:
    award = command.award
    excess = min(known.held, known.taken - award.amount)
    if excess <= 0:
        return []
    reason = f"第{award.edition}期通报改为{award.amount:f}元"
    on = max(command.today, known.last_on)
    given = ReleaseAward(command.fund, award, excess, on, reason, command.decided_by, command.today)
    return [_released(fund, known, movement.release(excess, known), given)]


def _released(fund: Fund, known: AwardPayment, entry: Movement, command: ReleaseAward) -> AwardReleased:
    return AwardReleased(
        known.award,
        command.fund,
        known.region,
        entry.amount,
        -entry.reserved,
        command.on,
        command.reason,
        command.decided_by,
        after(fund.balance, entry),
    )


def _recovered(command: RecoverAward, fund: Fund, known: AwardPayment) -> AwardRecovered:
    entry = movement.recover(command.amount, known)
    return AwardRecovered(
        known.award,
        command.fund,
        known.region,
        entry.amount,
        command.on,
        command.evidence,
        command.reason,
        command.decided_by,
        after(fund.balance, entry),
    )
