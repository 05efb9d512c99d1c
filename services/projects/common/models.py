"""The types that all requests and answers of this service share: with the other modules here the public contract.

The gateway builds its API from these. Money is CNY in yuan, as a JSON number or a decimal string; answers
give it as a string with two decimals, so that nothing is lost on the way.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from services.projects.common.values import ID_PATTERN as ID_PATTERN
from services.projects.common.values import Evidence as Evidence
from services.projects.common.values import Line as Line
from services.projects.common.values import Month as Month
from services.projects.common.values import Note as Note
from services.projects.common.values import ProjectId as ProjectId
from services.projects.common.values import RegionCode as RegionCode
from services.projects.common.values import RegisterCode as RegisterCode
from services.projects.common.values import ShortText as ShortText
from shared.naming import Name as Name
from shared.numerals import plain_text


def _two_decimals(value: Decimal) -> str:
    return f"{value:.2f}"


def plain(value: Decimal) -> Decimal:
    """The same number without an exponent, so that events say 1000 and not 1E+3."""
    return Decimal(f"{value:f}")


Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan)"),
    AfterValidator(plain),
    BeforeValidator(plain_text),
    PlainSerializer(_two_decimals, return_type=str),
]
ReportedBy = Annotated[
    str | None,
    Field(
        default=None,
        max_length=100,
        description="office that reported it; without it the token's subject",
        examples=["福清市经贸局"],
    ),
]
Limit = Annotated[int, Field(default=50, ge=1, le=500, description="items on a page")]
Cursor = Annotated[
    str | None,
    Field(
        default=None, max_length=3000, description="`next_cursor` of the page before; none: the first page"
    ),
]
ReaderLanguage = Annotated[
    Literal["zh", "en"],
    Field(default="en", description="filled in by the gateway from Accept-Language"),
]
SeenVersion = Annotated[
    int | None,
    Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="the version you saw: if somebody has changed it since, you are shown both (409); "
        "without it your change is made on whatever it is now",
        examples=[1],
    ),
]
Version = Annotated[
    int | None,
    Field(description="counts its changes: send it along with yours", examples=[1]),
]


class Request(BaseModel):
    """Strict at the door: a field that isn't known is an error, so that a misspelt one can't pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(
        frozen=True, serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )
