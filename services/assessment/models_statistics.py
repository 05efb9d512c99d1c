"""Requests and answers of this service's operations: reported statistics, indicators, regions."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.assessment.models import (
    Amount,
    Cursor,
    Level,
    NextCursor,
    Period,
    Reason,
    RegionCode,
    Request,
    Unit,
    Words,
)

IndicatorId = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="A row of the reference list (`list-indicators`).",
        examples=["total_energy"],
    ),
]
_EXAMPLE: dict[str, Any] = {
    "indicator": "total_energy",
    "region": "350100",
    "period": "2012",
    "value": "19864000",
    "unit": "tce",
    "source": "city yearbook 2013 (synthetic figure)",
}


class ReportStatistic(Request):
    """Report a figure (统计上报)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    indicator: IndicatorId
    region: RegionCode
    period: Period
    value: Annotated[Amount, Field(description="In the indicator's unit.", examples=["19864000"])]
    unit: Annotated[Unit, Field(description="Must be the indicator's: a check against a slip of 10⁴ or 10⁸.")]
    source: Annotated[Words, Field(description="Bulletin, yearbook or report that says it.")]
    price_base: Annotated[
        str | None,
        Field(max_length=40, description="If given, it must be the indicator's.", examples=["2010"]),
    ] = None
    reported_on: Annotated[date | None, Field(description="When it was reported; absent: today.")] = None
    provisional: Annotated[
        bool, Field(description="An estimate before the period is over (快报数、预计数).")
    ] = False


class ReviseStatistic(ReportStatistic):
    """Replace a figure by a later vintage (修订)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**_EXAMPLE, "value": "19921500", "reason": "revised after the third economic census"}
            ]
        }
    )
    reason: Reason


class ListStatistics(Request):
    """The figures that count now; every filter is optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"indicator": "total_energy", "period": "2012"}]}
    )
    indicator: IndicatorId | None = None
    region: RegionCode | None = None
    period: Period | None = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=500, description="Figures per page.")] = 100


class GetStatistic(Request):
    """One figure with its vintages."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"indicator": "total_energy", "region": "350100", "period": "2012"}]}
    )
    indicator: IndicatorId
    region: RegionCode
    period: Period


class ListIndicators(Request):
    """The reference list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class ListRegions(Request):
    """Regions by code; every filter is optional."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"level": "prefecture", "on": "2013-06-30"}]})
    level: Level | None = None
    parent: RegionCode | None = None
    on: Annotated[date | None, Field(description="Only codes that are valid on that day (X-19).")] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000, description="Regions per page.")] = 1000


class GetRegion(Request):
    """One region."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100"}]})
    region: RegionCode


class StatisticRow(BaseModel):
    """A figure as it counts now."""

    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    price_base: str | None
    basis: str | None
    source: str
    reported_on: date
    provisional: bool
    vintage_count: Annotated[int, Field(description="How many figures there were, this one included.")]


class StatisticPage(BaseModel):
    """One page of figures."""

    items: list[StatisticRow]
    next_cursor: NextCursor


class VintageView(BaseModel):
    """One figure as it was reported."""

    value: Decimal
    source: str
    reported_on: date
    provisional: bool
    reason: str | None


class StatisticView(BaseModel):
    """A figure with all its vintages, oldest first."""

    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    price_base: str | None
    basis: str | None
    source: str
    reported_on: date
    provisional: bool
    vintages: list[VintageView]


class IndicatorView(BaseModel):
    """What may be reported, in which unit, price base and standard-coal basis, and for which time."""

    indicator: str
    name: str
    term: str
    unit: str
    price_base: str | None
    basis: str | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str


class IndicatorList(BaseModel):
    """The reference list."""

    items: list[IndicatorView]


class RelationView(BaseModel):
    """A dated relation beside the tree."""

    kind: str
    to: str
    valid_from: date | None
    valid_to: date | None


class RegionView(BaseModel):
    """A region with its dates."""

    code: str
    name: str
    level: str
    parent: str | None
    administered: bool
    valid_from: date | None
    valid_to: date | None
    relations: list[RelationView]


class RegionPage(BaseModel):
    """One page of regions."""

    items: list[RegionView]
    next_cursor: NextCursor
