"""Awards as answers: what was granted, what a fund holds or has paid, and what is to be done next."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Column, Date, Table, Text

from services.projects.common.models import Answer, Money, Name, Version
from services.projects.common.tables import MONEY, metadata
from services.projects.funds.awards.decisions import AwardDecision, Paying
from services.projects.funds.awards.facts import AwardEvent, AwardPayment
from services.projects.funds.facts import Fund, FundState
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept

AwardStanding = Literal["granted", "reserved", "committed", "paid", "withdrawn", "to_recover"]


class AwardSummary(Answer):
    """An award, from the decision of the appraisal to its payment."""

    award: str
    plan: str
    year: int = Field(description="the assessed year")
    region: str
    region_name: Name = None
    edition: int = Field(description="of the ranking that grants it")
    rank: int
    granted: Money = Field(description="by the newest edition; 0: taken away")
    granted_on: date
    evidence: str = Field(description="of the decision to grant it")
    position: int = Field(description="of that decision in the log of assessment")
    fund: str | None = Field(description="that holds or has paid something for it; null: none does")
    fund_name: Name = None
    reserved: Money
    committed: Money
    paid: Money
    standing: AwardStanding
    todo: str = Field(description="what is to be done next, in words; empty: nothing")
    outdated_figures: int | None = Field(
        default=None,
        description="verified completions of its ranking, of the cities that you may see, that are known otherwise by "
        "now; null: not looked at",
    )


class AwardView(AwardSummary):
    """An award as a decision leaves it."""

    version: Version = None


class AwardEntry(Answer):
    """A line of the fund's ledger that is about the award."""

    position: int = Field(description="position of the event in the log of this service, as in the ledger")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    entry: str = Field(description="event type", examples=["AwardPaid"])
    amount: Money
    on: date
    evidence: str
    reason: str
    decided_by: str


TABLE = Table(
    "award_payment",
    metadata,
    Column("award", Text, primary_key=True),
    Column("fund", Text),
    Column("region", Text),
    Column("reserved", MONEY),
    Column("committed", MONEY),
    Column("paid", MONEY),
    Column("last_on", Date),
)


_COLUMNS = ("award", "fund", "region", "reserved", "committed", "paid", "last_on")


def _payments(state: FundState) -> Mapping[Any, AwardPayment]:
    """The fund's payments that hold or have paid money. The primary key stops a second fund from paying an award."""
    payments = state.awards if isinstance(state, Fund) else {}
    return {name: payment for name, payment in payments.items() if payment.taken}


def row(payment: AwardPayment) -> Mapping[str, Any]:
    """A payment as the table has it."""
    return {name: getattr(payment, name) for name in _COLUMNS}


KEPT: Kept[FundState, AwardPayment] = Kept(TABLE, _payments, row)


def award_view(granted: Any, fund: str | None, payment: AwardPayment | None) -> AwardView:
    """An award as it was granted, with its payment; None: no fund holds or has paid anything."""
    known = payment or AwardPayment(
        award=granted.award, fund=fund or "", region=granted.region, last_on=granted.granted_on
    )
    standing, todo = _standing(granted.amount, known, fund)
    return AwardView(
        award=granted.award,
        plan=granted.plan,
        year=granted.year,
        region=granted.region,
        edition=granted.edition,
        rank=granted.rank,
        granted=granted.amount,
        granted_on=granted.granted_on,
        evidence=granted.evidence,
        position=granted.position,
        fund=fund if known.taken else None,
        reserved=known.reserved,
        committed=known.committed,
        paid=known.paid,
        standing=standing,
        todo=todo,
    )


def answer(done: Done[FundState, AwardDecision]) -> AwardView:
    """The answer to a command on an award. Raises TypeError if the decision had no granted award."""
    if not isinstance(done.state, Fund) or not isinstance(done.given, Paying):
        raise TypeError("not a decision on an award")
    command = done.command
    return award_view(done.given.award, command.fund, done.state.awards.get(command.award))


def _standing(granted: Any, known: AwardPayment, fund: str | None) -> tuple[AwardStanding, str]:
    if known.paid > granted:
        return (
            "to_recover",
            f"Recover {known.paid - granted:.2f} yuan: {known.paid:.2f} are paid, and {granted:.2f} are "
            "granted now.",
        )
    if known.taken > granted:
        return (
            "withdrawn" if granted == 0 else "reserved",
            f"Nothing: {known.taken - granted:.2f} yuan are held above what is granted, and go back by themselves.",
        )
    if known.committed:
        return "committed", f"Pay {known.committed:.2f} yuan."
    if known.reserved:
        return "reserved", f"Commit {known.reserved:.2f} yuan."
    if granted == 0:
        return "withdrawn", ""
    if known.paid == granted:
        return "paid", ""
    where = f"fund {fund}, which has paid {known.paid:.2f}" if known.paid else "a fund that pays awards"
    return "granted", f"Reserve {granted - known.paid:.2f} yuan in {where}."


def award_entry(event: AwardEvent, recorded: Event) -> AwardEntry:
    """A line of the ledger that is about an award."""
    return AwardEntry(
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        entry=type(event).__name__,
        amount=event.amount,
        on=event.on,
        evidence=getattr(event, "evidence", ""),
        reason=getattr(event, "reason", ""),
        decided_by=event.decided_by,
    )
