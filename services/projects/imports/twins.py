"""Finds the existing things that a row without an id may mean: those with the same name in the same region.

A row's id is derived from its content, whoever sends it, so that the same file sent by two people registers things
once. A row with a known name but other content is asked about: it may be a correction, or something new.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.matching.listings.views import TABLE as LISTING
from services.projects.projects.views import TABLE as PROJECT
from shared.language import Said

Key = tuple[Any, ...]
_ABOUT_THE_SENDER = ("reported_by", "confirmed")


class Known(NamedTuple):
    """An existing thing: its id, and a description for people."""

    id: str
    what: Said


@dataclass(frozen=True, slots=True)
class Twins:
    """How to find things of a kind by name: field and prefix of the id, fields of the name, and the lookup."""

    id_field: str
    prefix: str
    named_by: tuple[str, ...]
    find: Callable[[AsyncConnection, Sequence[Key]], Awaitable[Mapping[Key, list[Known]]]]

    def key(self, body: Mapping[str, Any]) -> Key:
        """The name and region that identify what a row is about."""
        return tuple(body.get(name) for name in self.named_by)

    def made_id(self, kind: str, body: Mapping[str, Any]) -> str:
        """The id for a row without one, derived from its content."""
        content = {name: value for name, value in body.items() if name not in _ABOUT_THE_SENDER}
        digest = sha256(msgspec.json.encode([kind, content], order="deterministic"))
        return f"{self.prefix}-{digest.hexdigest()[:16]}"

    def made(self, name: str) -> bool:
        """Whether an id looks derived by `made_id` and not chosen by a person."""
        digits = name.removeprefix(f"{self.prefix}-")
        return len(digits) == 16 and set(digits) <= set("0123456789abcdef")


async def _projects(conn: AsyncConnection, keys: Sequence[Key]) -> Mapping[Key, list[Known]]:
    table = PROJECT.c
    query = select(table.project, table.region, table.name, table.total_investment).where(
        table.region.in_({key[0] for key in keys}), table.name.in_({key[1] for key in keys})
    )
    found: dict[Key, list[Known]] = {}
    for row in await conn.execute(query.order_by(table.project)):
        amount = f"{row.total_investment / 10_000:,.2f}"
        what = Said(f"{row.project} ({amount} 万元)", f"{row.project}（总投资 {amount} 万元）")
        found.setdefault((row.region, row.name), []).append(Known(row.project, what))
    return found


async def _listings(conn: AsyncConnection, keys: Sequence[Key]) -> Mapping[Key, list[Known]]:
    table = LISTING.c
    query = select(table.listing, table.region, table.title, table.party, table.side, table.meeting).where(
        table.region.in_({key[0] for key in keys}), table.title.in_({key[1] for key in keys}), table.open
    )
    found: dict[Key, list[Known]] = {}
    for row in await conn.execute(query.order_by(table.listing)):
        key = (row.region, row.title, row.party, row.side, row.meeting)
        found.setdefault(key, []).append(Known(row.listing, Said(row.listing, row.listing)))
    return found


project_twins = Twins("project", "P", ("region", "name"), _projects)
listing_twins = Twins("listing", "L", ("region", "title", "party", "side", "meeting"), _listings)
