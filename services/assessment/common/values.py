"""Field types of commands and queries, each with its constraints and description.

A field may override the description: `Annotated[RegionCode, Says(description="whose it is")]`.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from services.assessment.common.periods import PATTERN
from shared.values import Number, Plain, Says, Text

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

Words = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=500)]
LongText = Annotated[str, Text(strip_whitespace=True, max_length=4000)]
PlanId = Annotated[
    str, Text(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="The plan's id.", example="fujian-2013")
]
RegionCode = Annotated[
    str,
    Text(
        pattern=r"^[0-9A-Z]{1,12}$",
        description="Region code of GB/T 2260, or an own key such as PT (平潭综合实验区, X-19).",
        example="350100",
    ),
]
Period = Annotated[
    str,
    Text(
        pattern=PATTERN,
        description="A year, half-year, quarter or month: 2013, 2013-H1, 2013-Q1, 2013-02.",
        example="2013",
    ),
]
Level = Literal["province", "prefecture", "county", "zone"]
Unit = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9_]{1,40}$",
        description="Unit code: CNY, CNY_1e8 (亿元), tce (吨标准煤), percent, count, …",
        example="CNY_1e8",
    ),
]
Value = Annotated[
    Decimal, Number(max_digits=30, decimal_places=9, description="An exact decimal number."), Plain()
]
Amount = Annotated[Value, Number(ge=0)]
Reason = Annotated[Words, Says(description="Why; kept for ever beside what was before.")]
DecisionDay = Annotated[
    date | None, Says(description="day of the decision; absent: today", example="2013-03-05")
]
"""Always with None as its default."""
