"""What several features' decisions are given beside a command."""

from dataclasses import dataclass
from datetime import datetime

from shared.command import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMoment(Given):
    """The Clock's moment."""

    now: datetime
