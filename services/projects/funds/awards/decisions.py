"""Decisions on a fund's ledger entries for awards (奖励): reserve, commit, pay; release and recover.

No entry overdraws the fund or exceeds what the appraisal has granted, and only one fund pays an award.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from services.projects.common.refusal import Refused
from services.projects.common.values import Evidence, SeenVersion, ShortText
from services.projects.funds import movement
from services.projects.funds.awards.facts import (
    AwardCommitted,
    AwardEvent,
    AwardPaid,
    AwardPayment,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)
from services.projects.funds.facts import Fund
from services.projects.funds.guards import check_day, check_open, check_voucher
from services.projects.funds.movement import Movement, after
from services.projects.funds.separation import People, Separation, Step, check_other_person
from services.projects.funds.terms import Aid, in_force
from services.projects.funds.values import AwardId, DayOfDecision, FundId, Yuan
from shared.command import Given, command
from shared.values import Says

_OF: dict[str, Any] = {"fund": "TR-26", "award": "fujian-2013.2013.350100"}


@command(example={**_OF, "evidence": "闽财企〔2014〕31号"})
class ReserveAward:
    """Keep money of the fund for the award (预留)."""

    fund: FundId
    award: AwardId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is granted and not held yet")] = (
        None
    )
    evidence: Evidence


@command(example={**_OF, "evidence": "闽财企〔2014〕35号"})
class CommitAward:
    """Issue the decision (下达); what is reserved above it goes back."""

    fund: FundId
    award: AwardId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is reserved")] = None
    evidence: Evidence


@command(example={**_OF, "evidence": "国库支付凭证2014-0402-001"})
class PayAward:
    """Pay (拨付). A voucher pays once."""

    fund: FundId
    award: AwardId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is committed")] = None
    evidence: Annotated[Evidence, Says(description="the voucher's number")]


@command(example={**_OF, "reason": "改由另一资金支付"})
class ReleaseAward:
    """Give back what is held and not paid (释放), reserved money first."""

    fund: FundId
    award: AwardId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that is held")] = None
    reason: ShortText


@command(example={**_OF, "evidence": "缴款书2014-07", "reason": "通报更正，名次下降"})
class RecoverAward:
    """Money that was paid is back (收回)."""

    fund: FundId
    award: AwardId
    version: SeenVersion = None
    on: DayOfDecision = None
    amount: Annotated[Yuan | None, Says(description="yuan; null: all that was paid")] = None
    evidence: Evidence
    reason: ShortText


@command()
class FitAward:
    """Give back what is held above what is granted now: an edition of the ranking has taken it away."""

    fund: FundId
    award: AwardId


AwardDecision = ReserveAward | CommitAward | PayAward | ReleaseAward | RecoverAward
AwardCommand = AwardDecision | FitAward


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedAward:
    """An award as the appraisal has granted it: `amount` CNY to a city, for its place in an edition.

    `position`: that of the grant in the log of assessment. `elsewhere`: another fund that already pays the award, if
    any. `in_area`: whether the city lies in the region of the fund's government.
    """

    award: str
    plan: str
    year: int
    region: str
    edition: int
    rank: int
    amount: Decimal
    granted_on: date
    evidence: str
    position: int
    elsewhere: str | None
    in_area: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying(Given):
    """What a decision needs: the granted award, and the rule on separation of duties."""

    award: GrantedAward
    separation: Separation


def decide_on_award(command: AwardCommand, fund: Fund, given: Paying) -> Sequence[AwardEvent]:
    """The entries of a decision on an award. Raises Refused."""
    known = fund.awards.get(command.award)
    if isinstance(command, FitAward):
        return [] if known is None else _fitted(command, fund, known, given)
    check_day(command.on or given.today, given.today, None if known is None else known.last_on)
    if isinstance(command, ReserveAward):
        return [_reserved(command, fund, known, given)]
    if known is None:
        raise Refused(
            f"Fund {fund.opened.fund} holds nothing for award {command.award}.",
            code="not-reserved",
            status=409,
            where="award",
            remedy="Reserve it first, or name the fund that pays it.",
        )
    match command:
        case CommitAward():
            return [_committed(command, fund, known, given)]
        case PayAward():
            return [_paid(command, fund, known, given)]
        case ReleaseAward():
            return [
                _released(
                    fund,
                    known,
                    movement.release(command.amount, known),
                    command.reason,
                    command.on or given.today,
                    given,
                )
            ]
        case RecoverAward():
            return [_recovered(command, fund, known, given)]


def _reserved(command: ReserveAward, fund: Fund, known: AwardPayment | None, given: Paying) -> AwardReserved:
    award, on = given.award, command.on or given.today
    check_open(fund, on)
    _check_other_person(given, Step.RESERVE, People() if known is None else known.people)
    if Aid.AWARD not in in_force(fund.terms, on).aids:
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
    if on < award.granted_on:
        raise Refused(
            f"The award was granted on {award.granted_on}; {on} lies before that.",
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
        on=on,
        evidence=command.evidence,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _committed(command: CommitAward, fund: Fund, known: AwardPayment, given: Paying) -> AwardCommitted:
    check_open(fund, command.on or given.today)
    _check_other_person(given, Step.COMMIT, known.people)
    entry = movement.commit(command.amount, known)
    _check_granted(given.award, known, known.committed + known.paid + entry.amount)
    return AwardCommitted(
        award=known.award,
        fund=command.fund,
        region=known.region,
        amount=entry.amount,
        released=entry.released,
        on=command.on or given.today,
        evidence=command.evidence,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _paid(command: PayAward, fund: Fund, known: AwardPayment, given: Paying) -> AwardPaid:
    # The fund's last day isn't checked: what was committed by then may be paid later (结转).
    _check_other_person(given, Step.PAY, known.people)
    entry = movement.pay(command.amount, known)
    check_voucher(fund, command.evidence)
    _check_granted(given.award, known, known.paid + entry.amount)
    return AwardPaid(
        award=known.award,
        fund=command.fund,
        region=known.region,
        amount=entry.amount,
        on=command.on or given.today,
        evidence=command.evidence,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _check_other_person(given: Paying, step: Step, people: People) -> None:
    check_other_person(given.separation.award, step, given.by, people)


def _check_granted(award: GrantedAward, known: AwardPayment, after: Decimal) -> None:
    """Raises Refused if the fund would hold more than is granted now: a later edition may have reduced it."""
    granted = award.amount
    if after > granted:
        raise Refused(
            f"Edition {award.edition} of the ranking grants {known.region} {granted:f} yuan; "
            f"with this it would be {after:f}.",
            code="over-granted",
            status=409,
            where="amount",
            remedy="Release what is held above it.",
            extra={"granted": f"{granted:.2f}"},
        )


def _fitted(command: FitAward, fund: Fund, known: AwardPayment, given: Paying) -> Sequence[AwardReleased]:
    award = given.award
    excess = min(known.held, known.taken - award.amount)
    if excess <= 0:
        return []
    reason = f"第{award.edition}期通报改为{award.amount:f}元"
    on = max(given.today, known.last_on)
    return [_released(fund, known, movement.release(excess, known), reason, on, given)]


def _released(
    fund: Fund, known: AwardPayment, entry: Movement, reason: str, on: date, given: Paying
) -> AwardReleased:
    return AwardReleased(
        award=known.award,
        fund=known.fund,
        region=known.region,
        amount=entry.amount,
        of_reserved=-entry.reserved,
        on=on,
        reason=reason,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )


def _recovered(command: RecoverAward, fund: Fund, known: AwardPayment, given: Paying) -> AwardRecovered:
    entry = movement.recover(command.amount, known)
    return AwardRecovered(
        award=known.award,
        fund=command.fund,
        region=known.region,
        amount=entry.amount,
        on=command.on or given.today,
        evidence=command.evidence,
        reason=command.reason,
        decided_by=given.by,
        balance=after(fund.balance, entry),
    )
