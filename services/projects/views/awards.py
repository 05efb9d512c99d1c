"""Awards as answers: what was granted, what a fund holds or has paid, and what is to be done next."""

from typing import Any

from services.projects.domain.money.award import AwardEvent, AwardPayment
from services.projects.models.awards import AwardEntry, AwardStanding, AwardView
from shared.event_log import Event


def award_view(granted: Any, fund: str | None, payment: AwardPayment | None) -> AwardView:
    """A row of the table `award` with its payment; None: no fund holds or has paid anything."""
    known = payment or AwardPayment(award=granted.award, region=granted.region, last_on=granted.granted_on)
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
