"""A dated tree of area codes, and the one question authorisation asks of it: does this area cover that one?

Codes change, areas move, and an area may have several parents of different kinds at once: each relation has
a kind and a validity. Coverage follows every kind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Relation:
    """`child` lies under `to`; `valid_to` is the last day, None while it lasts."""

    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date | None) -> bool:
        return on is None or (
            (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Area:
    """One area. `parents` holds its tree parent first (kind "parent"), then further relations."""

    code: str
    name: str
    level: str
    parents: tuple[Relation, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    administered: bool = True


class AreaTree:
    """Look-ups over a fixed set of areas. Build a new one when the areas change."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.code: area for area in areas}
        self._children: dict[str, list[Area]] = {}
        for area in self._areas.values():
            for relation in area.parents:
                self._children.setdefault(relation.to, []).append(area)

    def __contains__(self, code: object) -> bool:
        return code in self._areas

    def __len__(self) -> int:
        return len(self._areas)

    def get(self, code: str) -> Area | None:
        return self._areas.get(code)

    def all(self) -> list[Area]:
        return list(self._areas.values())

    def covers(self, ancestor: str, code: str, on: date | None = None) -> bool:
        """Whether `code` is `ancestor` or lies under it on that day (None: on any day)."""
        seen: set[str] = set()
        open_codes = [code]
        while open_codes:
            current = open_codes.pop()
            if current == ancestor:
                return True
            if current in seen or current not in self._areas:
                continue
            seen.add(current)
            open_codes += [rel.to for rel in self._areas[current].parents if rel.holds(on)]
        return False

    def children(self, code: str, level: str | None = None, on: date | None = None) -> list[Area]:
        """Areas directly under `code` (by any relation), in the order of their codes."""
        found = {
            area.code: area
            for area in self._children.get(code, [])
            if (level is None or area.level == level)
            and any(rel.to == code and rel.holds(on) for rel in area.parents)
        }
        return [found[key] for key in sorted(found)]

    def covered_by(self, code: str, on: date | None = None) -> list[str]:
        """Every code that `code` covers, itself included, sorted."""
        return sorted(candidate for candidate in self._areas if self.covers(code, candidate, on))
