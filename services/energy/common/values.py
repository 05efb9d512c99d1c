"""Field types of commands and queries, each with its limits and description."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from shared.values import Checked, Exact, Number, Says, Text, Time


def _known_years(value: date) -> date:
    if not 2000 <= value.year <= 2099:
        raise ValueError("a day between 2000 and 2099")
    return value


def _known_moment(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2099:
        raise ValueError("a moment between 2000 and 2099")
    if value.microsecond:
        raise ValueError("whole seconds")
    return value.astimezone(UTC)


EnterpriseId = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        description="internal id of the enterprise; it never changes",
        example="E-0042",
    ),
]
MeterId = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$",
        description="id of the meter, unique in the province",
        example="E-0042-EL1",
    ),
]
RegionCode = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9]{1,12}$",
        description="region code (GB/T 2260, or the plan's own key)",
        example="350181",
    ),
]
CarrierCode = Annotated[
    str,
    Text(
        pattern=r"^[a-z0-9_]{1,60}$",
        description="energy carrier (能源品种) as in the plan's coefficients",
        example="electricity",
    ),
]
Day = Annotated[date, Checked(check=_known_years, description="day in +08:00", example="2013-01-15")]
Moment = Annotated[
    datetime,
    Time(tz_constraint="aware"),
    Checked(
        check=_known_moment,
        description="moment with UTC offset, whole seconds",
        example="2013-01-15T08:00:00+08:00",
    ),
]
Quantity = Annotated[Decimal, Exact(max_digits=18, decimal_places=6)]
Line = Annotated[str, Text(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
ShortText = Annotated[Line, Text(min_length=1, max_length=200)]
Note = Annotated[Line, Text(max_length=1000)]
Reason = Annotated[
    Line, Text(min_length=1, max_length=500, description="why, for the record", example="meter protocol 17")
]
Basis = Literal["equal", "equivalent"]
StatisticType = Annotated[
    int,
    Number(ge=0, le=3, description="0 real-time 实时, 1 daily 日, 2 monthly 月, 3 yearly 年: never added"),
]
Year = Annotated[int, Number(ge=2000, le=2099, description="year of the list", example=2013)]
FirstDay = Annotated[Day | None, Says(description="first day; none: today by the Clock")]
"""Always with None as its default."""
