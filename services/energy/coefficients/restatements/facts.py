"""What was counted again. An edited coefficient never moves the past by itself; this explicit act does."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientsRestated:
    """The days' standard coal was made again; each changed day follows as a new revision."""

    carrier: str
    first: date
    last: date
    enterprise: str | None
    reason: str
    enterprise_days: int


@dataclass(frozen=True, slots=True)
class Restatements:
    """How many restatements a carrier has seen."""

    count: int = 0


INITIAL = Restatements()


def stream(carrier: str) -> str:
    """The stream of a carrier's restatements."""
    return f"restatement-{carrier}"


def evolve(state: Restatements, event: CoefficientsRestated) -> Restatements:
    """One more."""
    return Restatements(state.count + 1)
