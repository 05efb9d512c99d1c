"""What is read of the assessment service's events: plans, regions, targets, statistics, designations."""

from datetime import date
from decimal import Decimal

import msgspec


class Programme(msgspec.Struct, frozen=True):
    code: str
    name: str


class PlanPublished(msgspec.Struct, frozen=True):
    plan: str
    title: str
    year: int
    issued_on: date | None = None
    programmes: list[Programme] = []


class RegionRelation(msgspec.Struct, frozen=True):
    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None


class Region(msgspec.Struct, frozen=True):
    code: str
    name: str
    level: str
    parent: str | None = None
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: list[RegionRelation] = []


class RegionsDefined(msgspec.Struct, frozen=True):
    plan: str
    regions: list[Region]


class TargetBase(msgspec.Struct, frozen=True):
    value: Decimal
    unit: str
    period: str
    vintage: str
    source: str = ""


class TargetSet(msgspec.Struct, frozen=True):
    plan: str
    target: str
    row: str
    programme: str
    name: str
    region: str
    level: str
    period: str
    unit: str
    comparator: str
    metric_type: str
    measure: str | None = None
    value: Decimal | None = None
    comparator_printed: str | None = None
    deadline: date | None = None
    parent: str | None = None
    base: TargetBase | None = None
    basis: str | None = None
    price_base: str | None = None


class TargetRevised(TargetSet, frozen=True, kw_only=True):
    """The target as it stands now, as a whole."""

    reason: str
    previous_value: Decimal | None = None


class TargetPart(msgspec.Struct, frozen=True):
    target: str
    region: str
    value: Decimal | None
    name: str | None = None


class TargetDecomposed(msgspec.Struct, frozen=True):
    plan: str
    target: str
    parts: list[TargetPart]
    reason: str | None = None


class StatisticReported(msgspec.Struct, frozen=True):
    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    price_base: str | None = None
    basis: str | None = None
    provisional: bool = False
    source: str = ""


class StatisticRevised(StatisticReported, frozen=True):
    reason: str = ""


class Designated(msgspec.Struct, frozen=True):
    """Something was designated (认定) as one of a kind."""

    designation: str
    kind: str
    level: str
    name: str
    region: str
    designated_on: date
    enterprise: str | None = None
    fields: list[str] = []


class DesignationWithdrawn(Designated, frozen=True, kw_only=True):
    """It stands no more from `withdrawn_on` on; `annulled`: it never did."""

    withdrawn_on: date
    annulled: bool = False
