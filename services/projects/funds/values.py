"""Field types of commands on funds, subsidies and awards."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from services.projects.common.values import ID_PATTERN
from shared.values import Exact, Says, Text

FundId = Annotated[
    str,
    Text(
        pattern=ID_PATTERN, description="fund id; the province's funds bear the plan's row", example="TR-19"
    ),
]
Yuan = Annotated[Decimal, Exact(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan)")]
AboveZero = Annotated[Decimal, Exact(ge=0, gt=0, max_digits=18, decimal_places=2, description="CNY (yuan)")]
SignedYuan = Annotated[
    Decimal, Exact(max_digits=18, decimal_places=2, description="CNY (yuan); below zero: less")
]
Rate = Annotated[
    Decimal,
    Exact(gt=0, max_digits=12, decimal_places=6, description="yuan per unit of the base", example="0.05"),
]
Quantity = Annotated[
    Decimal, Exact(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan), or tce a year")
]
Word = Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$")]
ApplicationId = Annotated[str, Text(pattern=ID_PATTERN, description="application id", example="S-2013-0042")]
AwardId = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        description="award id: plan, assessed year and city, with dots",
        example="fujian-2013.2013.350100",
    ),
]
DayOfDecision = Annotated[date | None, Says(description="day of the decision; null: today")]
"""Always with None as its default."""
