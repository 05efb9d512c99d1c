"""Funds, their entries, and the applications to them, as answers."""

from typing import Any

import msgspec

from services.projects.domain.money.balance import Balance
from services.projects.domain.money.fund import (
    Fund,
    FundAppropriationChanged,
    FundEvent,
    FundOpened,
    FundState,
    FundTermsChanged,
    SubsidyAssessed,
    SubsidyClosed,
    SubsidyRequested,
)
from services.projects.models.funds import BalanceView, FundSummary, FundView, LedgerEntry, TermsView
from services.projects.models.subsidies import CriterionView, SubsidySummary, SubsidyView
from shared.event_log import Event


def balance_view(balance: Balance) -> BalanceView:
    """A balance with what is available."""
    return BalanceView(
        appropriated=balance.appropriated,
        available=balance.available,
        reserved=balance.reserved,
        committed=balance.committed,
        paid=balance.paid,
    )


def fund_view(state: FundState) -> FundView:
    """An open fund. Raises TypeError for one that isn't."""
    if not isinstance(state, Fund):
        raise TypeError("not an open fund")
    known = state.opened
    return FundView(
        fund=known.fund,
        name=known.name,
        region=known.region,
        purpose=known.purpose,
        valid_from=known.valid_from,
        valid_to=known.valid_to,
        source=known.source,
        balance=balance_view(state.balance),
        opened_on=known.opened_on,
        terms=[TermsView.model_validate(msgspec.to_builtins(each)) for each in state.terms],
        applications=len(state.applications),
        awards=len(state.awards),
    )


def fund_summary(row: Any) -> FundSummary:
    """A row of the table `fund`."""
    return FundSummary(
        fund=row.fund,
        name=row.name,
        region=row.region,
        purpose=row.purpose,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        balance=balance_view(Balance(row.appropriated, row.reserved, row.committed, row.paid)),
    )


def subsidy_view(state: FundState, name: str) -> SubsidyView:
    """An application. Raises TypeError or KeyError where there is none."""
    if not isinstance(state, Fund):
        raise TypeError("not an open fund")
    known = state.applications[name]
    asked = known.requested
    return SubsidyView(
        application=name,
        fund=asked.fund,
        project=asked.project,
        region=asked.region,
        enterprise=asked.enterprise,
        aid=asked.aid,
        base_kind=asked.base_kind,
        base=known.base,
        entitlement=known.entitlement,
        reserved=known.reserved,
        committed=known.committed,
        paid=known.paid,
        status=known.status,
        requested_on=asked.on,
        last_on=known.last_on,
        evidence=asked.evidence,
        criteria=[CriterionView(criterion=each.criterion, evidence=each.evidence) for each in asked.criteria],
        requested_by=asked.requested_by,
        confirmed=asked.confirmed,
        note=asked.note,
    )


def subsidy_summary(row: Any, version: int) -> SubsidySummary:
    """A row of the table `subsidy`."""
    return SubsidySummary.model_validate({**row._mapping, "version": version})


MOVES_NO_MONEY = tuple(each.__name__ for each in (FundTermsChanged, SubsidyRequested, SubsidyClosed))
"""The events of a fund that are no entry of its ledger."""


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
