"""Old events in today's words: functions on raw dicts, applied at the edge, one version at a time."""

from collections.abc import Callable, Mapping
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class UnknownVersion(Exception):
    """A schema version newer than this reader knows. The line stops: a guess would be a wrong figure."""


def upcast(
    type_name: str,
    version: int,
    newest: int,
    data: dict[str, Any],
    upcasters: Mapping[tuple[str, int], Upcaster],
) -> dict[str, Any]:
    """Lift `data` from `version` to `newest`; `upcasters[(type, n)]` makes n + 1 of n."""
    if version > newest:
        raise UnknownVersion(
            f"{type_name} v{version}: this reader knows up to v{newest}; deploy readers first"
        )
    for step in range(version, newest):
        data = upcasters[(type_name, step)](data)
    return data
