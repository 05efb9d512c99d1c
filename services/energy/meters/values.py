"""Field types of commands on meters."""

from decimal import Decimal
from typing import Annotated, Literal

from services.energy.common.values import Day, Line, Quantity
from shared.command import command
from shared.values import Number, Says, Text

Serial = Annotated[Line, Text(min_length=1, max_length=60, description="serial number of the device")]
Ratio = Annotated[
    Quantity, Number(gt=0, le=100_000, description="multiplier of the register (倍率)", example="600")
]
Digits = Annotated[
    Annotated[int, Number(ge=1, le=12)] | None,
    Says(description="integer digits of the register: it shows 0 after 10^digits; none: not known"),
]
"""Always with None as its default, as the next three."""
Modulus = Annotated[
    Annotated[Quantity, Number(gt=1)] | None,
    Says(
        description="what the register counts up to before it shows 0, where that is no power of ten, e.g. 838860.8"
    ),
]
Capacity = Annotated[
    Annotated[Quantity, Number(gt=0)] | None,
    Says(
        description="most that can pass in an hour, in `unit` and after the ratio; none: not known, and then "
        "nothing is suspect and no rollover is believed by itself"
    ),
]
Register = Annotated[
    Annotated[Quantity, Number(ge=0)] | None,
    Says(description="what the register shows, in `unit`, before the ratio"),
]
Interval = Annotated[
    Literal[1, 5, 10, 15, 30, 60], Says(description="minutes between real-time readings; 15, at most 60")
]
ONE = Decimal(1)


@command()
class CalibrationIn:
    """Calibration (检定) of the device."""

    last: Day | None = None
    next: Annotated[Day | None, Says(description="next due")] = None


NO_CALIBRATION = CalibrationIn()
