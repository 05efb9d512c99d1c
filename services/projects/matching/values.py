"""Field types of requests about needs and offers."""

from typing import Annotated

from services.projects.common.values import ID_PATTERN, Line
from shared.values import Text

ListingId = Annotated[
    str,
    Text(
        pattern=ID_PATTERN,
        description="id of a need or offer: letters, digits, dot, dash, underscore",
        example="N-2013-017",
    ),
]
Industry = Annotated[
    str,
    Text(pattern=r"^\d{2,4}$", description="GB/T 4754 code without the letter", example="1713"),
]
Tag = Annotated[Line, Text(min_length=1, max_length=40, example="6·18")]
