"""Funds and their entries as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from pydantic import Field, PlainSerializer
from sqlalchemy import Column

from services.projects.common.models import Answer, Money, Name
from services.projects.common.tables import MONEY, metadata
from services.projects.funds import values
from services.projects.funds.balance import Balance
from services.projects.funds.decisions import FundCommand
from services.projects.funds.facts import (
    Fund,
    FundAppropriationChanged,
    FundEvent,
    FundOpened,
    FundState,
    FundTermsChanged,
)
from services.projects.funds.subsidies.facts import SubsidyAssessed, SubsidyClosed, SubsidyRequested
from services.projects.funds.terms import Aid, Base
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept, only
from shared.table_of import table_of

_Exactly = PlainSerializer(lambda value: f"{value:f}", return_type=str)
Rate = Annotated[values.Rate, _Exactly]
Quantity = Annotated[values.Quantity, _Exactly]
SignedMoney = Annotated[values.SignedYuan, PlainSerializer(lambda value: f"{value:.2f}", return_type=str)]


class BalanceView(Answer):
    """appropriated = available + reserved + committed + paid."""

    appropriated: Money = Field(description="set aside (安排)")
    available: Money = Field(description="may still be reserved (可用)")
    reserved: Money = Field(description="kept for projects (预留)")
    committed: Money = Field(description="decided and not paid yet (下达)")
    paid: Money = Field(description="paid (拨付)")


class TermsView(Answer):
    """Terms as they hold."""

    valid_from: date
    valid_to: date | None
    aids: list[Aid]
    bases: list[Base]
    rate: Rate | None
    cap: Money | None
    stages: list[str]
    programmes: list[str]
    base_from: Quantity | None
    base_below: Quantity | None
    criteria: list[str]
    source: str


class FundSummary(Answer):
    """A fund as a list shows it."""

    fund: str
    name: str
    region: str
    region_name: Name = None
    purpose: str
    valid_from: date
    valid_to: date
    source: str
    balance: BalanceView


class FundView(FundSummary):
    """A fund with its terms."""

    opened_on: date
    terms: list[TermsView]
    applications: int = Field(description="that were made to it")
    awards: int = Field(default=0, description="that it holds or has paid something for, or had")


class LedgerEntry(Answer):
    """One entry: what happened, and the balance after it."""

    position: int = Field(description="position of the event in the log of this service")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    entry: str = Field(description="event type", examples=["SubsidyPaid"])
    application: str | None
    project: str | None
    project_name: Name = None
    award: str | None = Field(default=None, description="of an entry for an award: which")
    amount: SignedMoney | None = Field(description="that the entry moves; null for an opening")
    on: date
    evidence: str
    reason: str
    decided_by: str
    balance: BalanceView


TABLE = table_of(
    "fund",
    metadata,
    FundSummary,
    key=("fund",),
    without=("balance", "region_name"),
    more=tuple(Column(each, MONEY) for each in ("appropriated", "reserved", "committed", "paid")),
)


def row(fund: Fund) -> Mapping[str, Any]:
    """A fund as it stands in the list."""
    known, balance = fund.opened, fund.balance
    return {
        "fund": known.fund,
        "name": known.name,
        "region": known.region,
        "purpose": known.purpose,
        "valid_from": known.valid_from,
        "valid_to": known.valid_to,
        "source": known.source,
        "appropriated": balance.appropriated,
        "reserved": balance.reserved,
        "committed": balance.committed,
        "paid": balance.paid,
    }


KEPT: Kept[FundState, Fund] = Kept(TABLE, only(Fund), row)


def balance_view(balance: Balance) -> BalanceView:
    """A balance with what is available."""
    return BalanceView(
        appropriated=balance.appropriated,
        available=balance.available,
        reserved=balance.reserved,
        committed=balance.committed,
        paid=balance.paid,
    )


def summary(row: Mapping[str, Any]) -> FundSummary:
    """A row of the list."""
    shown = {name: value for name, value in row.items() if name in FundSummary.model_fields}
    return FundSummary(**shown, balance=_balance_of(row))


def _balance_of(row: Mapping[str, Any]) -> BalanceView:
    return balance_view(Balance(row["appropriated"], row["reserved"], row["committed"], row["paid"]))


def view(state: FundState) -> FundView:
    """An open fund. Raises TypeError for one that isn't."""
    if not isinstance(state, Fund):
        raise TypeError("not an open fund")
    return FundView(
        **dict(summary(row(state))),
        opened_on=state.opened.opened_on,
        terms=[TermsView.model_validate(msgspec.to_builtins(each)) for each in state.terms],
        applications=len(state.applications),
        awards=len(state.awards),
    )


def answer(done: Done[FundState, FundCommand]) -> FundView:
    """The answer to every command on a fund."""
    return view(done.state)


MOVES_NO_MONEY = tuple(each.__name__ for each in (FundTermsChanged, SubsidyRequested, SubsidyClosed))
"""The events of a fund that move no money and so are no ledger entries."""


def ledger_entry(event: FundEvent, recorded: Event) -> LedgerEntry:
    """An entry of the ledger. Raises TypeError for what moves no money."""
    match event:
        case FundTermsChanged() | SubsidyRequested() | SubsidyClosed():
            raise TypeError(f"{type(event).__name__} moves no money")
        case FundOpened():
            on, by, amount = event.opened_on, "", event.balance.appropriated
        case FundAppropriationChanged():
            on, by, amount = event.on, event.decided_by, event.amount
        case _:
            on, by = event.on, event.decided_by
            amount = event.released if isinstance(event, SubsidyAssessed) else event.amount
    return LedgerEntry(
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        entry=type(event).__name__,
        application=getattr(event, "application", None),
        project=getattr(event, "project", None),
        award=getattr(event, "award", None),
        amount=amount,
        on=on,
        evidence=getattr(event, "evidence", "") or getattr(event, "source", ""),
        reason=getattr(event, "reason", ""),
        decided_by=by,
        balance=balance_view(event.balance),
    )
