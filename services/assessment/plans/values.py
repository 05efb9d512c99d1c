"""Field types that plans and their targets share."""

from typing import Annotated

from shared.values import Text

NewTargetId = Annotated[
    str,
    Text(
        pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}$",
        description="A target's id: its row in the plan, a letter for each city's line.",
        example="TR-6a",
    ),
]
TargetId = Annotated[
    str,
    Text(
        pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}(:[0-9A-Z]{1,12})?$",
        description="A target's id; of a county's part: the city's target, a colon, the county.",
        examples=("TR-6a", "TR-6a:350102"),
    ),
]
PlanRow = Annotated[str, Text(pattern=r"^[A-Z]{2}-[0-9A-Za-z]{1,20}$")]
ProgrammeCode = Annotated[
    str, Text(pattern=r"^[A-Z]{2}$", description="A programme (专项行动).", example="TR")
]
Measure = Annotated[
    str,
    Text(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="What measures it; null: nothing does yet, and no figure is shown.",
        example="tech_renovation_investment",
    ),
]
