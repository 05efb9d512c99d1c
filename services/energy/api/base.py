"""What all operations of this service share: the register of operations, and the types of their fields.

Quantities are decimal strings in answers, so that nothing is lost on the way; requests take numbers or strings.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
)

from services.energy.app.context import Energy
from services.energy.domain.refusal import Refused
from shared.numerals import plain_text
from shared.rpc import Operations

ops = Operations("energy", Refused)


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    energy: Energy


def serve(energy: Energy) -> Operations:
    """Bind the operations to this Energy service; returns their registry, which a broker then serves."""
    Serving.energy = energy
    return ops


class Request(BaseModel):
    """Strict at the door: a field that isn't known is an error, so that a misspelt one can't pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


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


def _plain(value: Decimal) -> Decimal:
    """The same number without an exponent, so that events say 1000 and not 1E+3."""
    return Decimal(f"{value:f}")


def _text(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


EnterpriseId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"),
    Field(description="internal id of the enterprise; it never changes", examples=["E-0042"]),
]
MeterId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$"),
    Field(description="id of the meter, unique in the province", examples=["E-0042-EL1"]),
]
RegionCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]{1,12}$"),
    Field(description="region code (GB/T 2260, or the plan's own key)", examples=["350181"]),
]
CarrierCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9_]{1,60}$"),
    Field(description="energy carrier (能源品种) as in the plan's coefficients", examples=["electricity"]),
]
Day = Annotated[
    date, AfterValidator(_known_years), Field(description="day in +08:00", examples=["2013-01-15"])
]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(_known_moment),
    Field(description="moment with UTC offset, whole seconds", examples=["2013-01-15T08:00:00+08:00"]),
]
Quantity = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=6),
    AfterValidator(_plain),
    BeforeValidator(plain_text),
    PlainSerializer(_text, return_type=str),
]
Figure = Annotated[Decimal, PlainSerializer(_text, return_type=str)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
ShortText = Annotated[Line, Field(min_length=1, max_length=200)]
Note = Annotated[Line, Field(max_length=1000)]
Reason = Annotated[
    Line,
    Field(min_length=1, max_length=500, description="why, for the record", examples=["meter protocol 17"]),
]
Basis = Literal["equal", "equivalent"]
StatisticType = Annotated[
    int, Field(ge=0, le=3, description="0 real-time 实时, 1 daily 日, 2 monthly 月, 3 yearly 年: never added")
]
Limit = Annotated[int, Field(default=50, ge=1, le=500, description="items on a page")]
Cursor = Annotated[
    str | None,
    Field(default=None, max_length=200, description="`next_cursor` of the page before; none: the first page"),
]


def example(**fields: JsonValue) -> ConfigDict:
    """A model's configuration with one example, as the API's documentation shows it."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [fields]})
