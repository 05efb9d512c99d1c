"""Start rate (开工率) of a cohort, by project count: exits stay in, the formally ended don't (PM-4, G-8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands on a day: started at any time until then, left the tracking, formally ended."""

    started: bool
    exited: bool = False
    formally_ended: bool = False


@dataclass(frozen=True, slots=True)
class StartRate:
    """开工率: of `counted` projects (members less the formally ended) `started` ones; percent, None of none."""

    members: int
    formally_ended: int
    counted: int
    started: int
    exits: int
    percent: Decimal | None


def start_rate(members: Iterable[Standing]) -> StartRate:
    """The start rate (开工率) of a cohort, two decimals, by project count."""
    known = list(members)
    counted = [each for each in known if not each.formally_ended]
    started = sum(each.started for each in counted)
    percent = None
    if counted:
        percent = (Decimal(started * 100) / len(counted)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return StartRate(
        members=len(known),
        formally_ended=len(known) - len(counted),
        counted=len(counted),
        started=started,
        exits=sum(each.exited for each in counted),
        percent=percent,
    )
