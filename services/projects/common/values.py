"""Field types of commands and queries, each with its constraints and description.

A field may override the description: `Annotated[RegionCode, Says(description="whose it is")]`.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from shared.values import Exact, Number, Says, Text

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

ProjectId = Annotated[
    str,
    Text(
        pattern=ID_PATTERN,
        description="project id: letters, digits, dot, dash, underscore",
        example="FZ-2013-017",
    ),
]
ProblemId = Annotated[ProjectId, Says(description="problem id", example="FZ-2013-017.1")]
MeetingId = Annotated[ProjectId, Says(description="meeting id", example="2013-04-dispatch")]
RegionCode = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9]{1,12}$",
        description="region code (GB/T 2260, or the plan's own key)",
        example="350181",
    ),
]
RegisterCode = Annotated[
    str,
    Text(
        pattern=r"^[a-z0-9_]{1,40}$",
        description="register of projects, as loaded with the plan",
        example="city_key",
    ),
]
Month = Annotated[
    str,
    Text(pattern=r"^(19|20)\d{2}-(0[1-9]|1[0-2])$", description="month, YYYY-MM", example="2013-02"),
]
Ceremony = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$",
        description="signing ceremony (签约活动), by an id that its office chooses",
        example="618-2013",
    ),
]
Money = Annotated[Decimal, Exact(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan)")]
Line = Annotated[str, Text(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
ShortText = Annotated[Line, Text(min_length=1, max_length=200)]
Note = Annotated[Line, Text(max_length=1000)]
Evidence = Annotated[
    Line,
    Text(
        min_length=1,
        max_length=200,
        description="what shows it: a document's number or reference, not its content",
        example="闽发改备〔2013〕A01017号",
    ),
]
ReportedBy = Annotated[
    Annotated[str, Text(max_length=100)] | None,
    Says(
        description="office that reported it; without it the token's subject",
        example="福清市经贸局",
    ),
]
"""Always with None as its default."""
Day = Annotated[date | None, Says(description="the day; null: today")]
"""Always with None as its default."""
DayOfIt = Annotated[date | None, Says(description="the day of it; null: today")]
"""Always with None as its default."""
SeenVersion = Annotated[
    Annotated[int, Number(ge=0, le=1_000_000)] | None,
    Says(
        description="the version you saw: if somebody has changed it since, you are shown both (409); "
        "without it your change is made on whatever it is now",
        example=1,
    ),
]
"""Always with None as its default."""
DayOrToday = Annotated[date | None, Says(description="the day of it; without it today")]
"""Always with None as its default."""
TagCode = Annotated[
    str,
    Text(
        pattern=r"^[a-z0-9_]{1,40}$",
        description="programme tag, as loaded with the plan",
        example="ei_led",
    ),
]
ProgrammeCode = Annotated[str, Text(pattern=r"^[A-Z]{2}$", description="programme", example="TR")]
Confirmed = Annotated[
    bool, Says(description="the amount is right although it looks unusual (see confirm-amount)")
]
"""Always with False as its default."""
