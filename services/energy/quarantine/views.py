"""Quarantined readings and decisions on them as answers."""

from datetime import UTC, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Row

from services.energy.common.models import Answer, Figure
from services.energy.common.scale import EXTREME, VOID, amount_of
from services.energy.quarantine.decisions import DecideOnQuarantined
from services.energy.quarantine.facts import Decisions
from shared.feature import Done
from shared.naming import Name


class Quarantined(Answer):
    """A reading that could not be accepted. `value` as it came, in `unit`. What a device sent as NaN, as 1e400 or with
    thirty digits has no `value`, and stands in `sent_value` as it was sent."""

    id: int
    enterprise: str
    enterprise_name: Name = None
    meter: str
    statistic_type: int
    at: datetime | None = Field(description="null: not a time that can exist; see sent_time")
    value: Figure | None = Field(description="null: a void, or not a number that can be kept; see sent_value")
    sent_time: str | None = Field(default=None, description="as it was sent, where `at` can't hold it")
    sent_value: str | None = Field(default=None, description="as it was sent, where `value` can't hold it")
    unit: str
    reason: str
    receipt: str
    item: int = Field(description="index of the reading in its POST")
    received_at: datetime
    state: str


class QuarantineDecided(Answer):
    """What was decided. `unchanged`: how many were there already."""

    enterprise: str
    enterprise_name: Name = None
    decided: list[int] = Field(description="numbers of the readings that the decision changed")
    unchanged: int


def of_row(row: Row[Any]) -> dict[str, Any]:
    """The fields of the answer, of a row of the store with `seconds` and `kept` as it has time and value."""
    return {
        **row._mapping,
        # A device may say anything: what no calendar and no column holds is null, beside the text that was sent.
        "at": _at(row.seconds),
        "value": amount_of(row.kept) if row.kept != VOID and abs(row.kept) < EXTREME else None,
    }


def answer(done: Done[Decisions, DecideOnQuarantined]) -> QuarantineDecided:
    """The answer to a decision."""
    decided = [each.id for event in done.events for each in event.readings]
    return QuarantineDecided(
        enterprise=done.command.enterprise,
        decided=decided,
        unchanged=len(set(done.command.readings)) - len(decided),
    )


def _at(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
