"""What is read of the energy service's events: enterprises, key users, verdicts on days, measured days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec


class EnterpriseRegistered(msgspec.Struct, frozen=True):
    enterprise: str
    name: str
    region: str


class EnterpriseChanged(EnterpriseRegistered, frozen=True):
    pass


class KeyUser(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    tce: Decimal
    reason: str = ""


class KeyUsersDesignated(msgspec.Struct, frozen=True):
    year: int
    basis: str
    enterprises: list[KeyUser]
    source: str = ""
    revision: int = 1
    revision_reason: str | None = None


class CoverageChanged(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    day: date
    online: bool
    reason: str = ""


class FeedSilent(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    since: datetime
    at: datetime


class FeedResumed(FeedSilent, frozen=True):
    pass


class EnterpriseDayMeasured(msgspec.Struct, frozen=True):
    enterprise: str
    region: str
    day: date
    revision: int
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    completeness: Any = None
