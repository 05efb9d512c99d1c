"""Programme tags (专项标签): what a project counts for, beside the registers it stands in (X-9).

A project carries any number of tags and counts once under each; a figure counts one tag, so nothing counts twice.
A tag with a parent is a technology (技术) of a field: a project that carries it carries its field too, and counts
once there however many of its technologies it has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a programme, e.g. `ei_led` (LED) of EI; `rows` are the plan rows that ask for it."""

    tag: str
    programme: str
    name: str
    term: str
    rows: tuple[str, ...] = ()
    parent: str | None = None


def with_fields(tags: Iterable[str], known: Mapping[str, Tag]) -> tuple[str, ...]:
    """The tags and the fields of the technologies among them, each once, in order."""
    own = set(tags)
    fields = {parent for each in own if (parent := known[each].parent) is not None}
    return tuple(sorted(own | fields))
