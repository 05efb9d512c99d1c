"""A dated tree of area codes, and the one question authorisation asks of it: does this area cover that one?

Codes change, areas move, and an area may have several parents of different kinds at once: each relation has
a kind and a validity. Coverage follows every kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, Self


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


class PlaceRelation(Protocol):
    """A relation beside the tree, as a service's domain has it."""

    @property
    def kind(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


class Place(Protocol):
    """The fields that a tree needs of a service's own kind of place, which has further fields and rules."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def administered(self) -> bool: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def relations(self) -> Sequence[PlaceRelation]: ...


class AreaTree:
    """Look-ups over a fixed set of areas. Build a new one when the areas change."""

    @classmethod
    def of(cls, places: Iterable[Place]) -> Self:
        """The tree of these places."""
        return cls(
            Area(
                place.code,
                place.name,
                place.level,
                (
                    *_parent(place.parent),
                    *(Relation(rel.kind, rel.to, rel.valid_from, rel.valid_to) for rel in place.relations),
                ),
                place.valid_from,
                place.valid_to,
                place.administered,
            )
            for place in places
        )

    @classmethod
    def read(cls, rows: Iterable[Mapping[Any, Any]]) -> Self:
        """The tree of places given as rows of a table, an event or an answer; days are dates or ISO text."""
        return cls(
            Area(
                row["code"],
                row["name"],
                row["level"],
                (
                    *_parent(row.get("parent")),
                    *(Relation(rel["kind"], rel["to"], **_days(rel)) for rel in row.get("relations", ())),
                ),
                administered=row.get("administered", True),
                **_days(row),
            )
            for row in rows
        )

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.code: area for area in areas}
        self._above: dict[tuple[str, date | None], frozenset[str]] = {}
        """Cache of `_walk_up`: the same codes are asked for again and again."""
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
        if (code, on) not in self._above:
            self._above[code, on] = self._walk_up(code, on)
        return ancestor in self._above[code, on]

    def _walk_up(self, code: str, on: date | None) -> frozenset[str]:
        """The code itself and everything above it on that day."""
        seen: set[str] = set()
        open_codes = [code]
        while open_codes:
            current = open_codes.pop()
            if current in seen:
                continue
            seen.add(current)
            if current in self._areas:
                open_codes += [rel.to for rel in self._areas[current].parents if rel.holds(on)]
        return frozenset(seen)

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

    def named(self, name: str) -> list[Area]:
        """The areas that a person may mean by a name: 福州 and 福州市 are one."""
        return [area for area in self._areas.values() if len(name) > 1 and area.name.startswith(name)]


def _parent(code: str | None) -> tuple[Relation, ...]:
    return () if code is None else (Relation("parent", code),)


def _days(row: Mapping[Any, Any]) -> dict[str, date | None]:
    return {end: _day(row.get(end)) for end in ("valid_from", "valid_to")}


def _day(day: date | str | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day
