"""Programme tags (专项标签): what a project counts for, beside the registers it stands in (X-9).

A project carries any number of tags and counts once under each; a figure counts one tag, so nothing counts twice.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a programme, e.g. `ei_led` (LED) of EI; `rows` are the plan rows that ask for it."""

    tag: str
    programme: str
    name: str
    term: str
    rows: tuple[str, ...] = ()
