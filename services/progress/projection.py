"""Turns events into rows of the read-model: in order, in the consumer's transaction, nothing but inserts.

A contribution never changes: a later event that says the same thing anew adds a row that names the one
before. So the rows with `recorded_at` up to a moment are what was known at that moment.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress import facts, readers, tables
from services.progress.contributions import contributions, mark_row, plain, standing_row
from services.progress.readers import read
from services.progress.standing import Standing, differences, fold, marks
from shared.consumer import Poison
from shared.envelope import Envelope

_SUPERSEDED = text("""
    SELECT wanted.measure, wanted.key, last.position
    FROM unnest(CAST(:measures AS text[]), CAST(:keys AS text[])) AS wanted (measure, key)
    CROSS JOIN LATERAL (
        SELECT c.position FROM contribution c
        WHERE c.measure = wanted.measure AND c.source = :source AND c.key = wanted.key
        ORDER BY c.position DESC, c.ordinal DESC LIMIT 1
    ) AS last
""")
_LAST_TARGET = text("""
    SELECT data, position FROM target WHERE plan = :plan AND target = :target
    ORDER BY position DESC, ordinal DESC LIMIT 1
""")
_PARTS = text("""
    SELECT DISTINCT ON (target) target, data FROM target
    WHERE plan = :plan AND data->>'parent' = :target AND (data->>'decomposed')::boolean
    ORDER BY target, position DESC, ordinal DESC
""")
_LAST_STANDING = text(f"""
    SELECT detail FROM contribution WHERE measure = '{facts.PROJECT}' AND source = 'projects' AND key = :project
    ORDER BY position DESC, ordinal DESC LIMIT 1
""")
_NUMBER = text("UPDATE change_counter SET seq = seq + :count RETURNING seq")


async def apply(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Write the rows of a run of events of one source, in order.

    Raises Poison for an event that can't be understood; types that progress doesn't use are passed over.
    """
    batch = _Batch(conn)
    for envelope in envelopes:
        event = read(envelope)
        if event is not None:
            await batch.add(envelope, event)
    await batch.write()


class _Batch:
    """The rows of one transaction, gathered so that each table is written once."""

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn
        self._rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables.COMPARED}
        self._targets: dict[tuple[str, str], tuple[dict[str, Any], int]] = {}
        self._standings: dict[str, Standing | None] = {}

    async def add(self, envelope: Envelope, event: msgspec.Struct) -> None:
        match event:
            case readers.PlanPublished():
                self._rows["plan"].append(
                    {**_place(envelope), **_origin(envelope), "plan": event.plan, "data": plain(event)}
                )
            case readers.RegionsDefined():
                self._regions(envelope, event)
            case readers.TargetSet():
                revised = isinstance(event, readers.TargetRevised)
                await self._target(envelope, 0, {**plain(event), "revised": revised})
            case readers.TargetDecomposed():
                await self._decomposed(envelope, event)
            case readers.EnterpriseRegistered():
                self._rows["enterprise"].append(
                    {
                        **_place(envelope),
                        "enterprise": event.enterprise,
                        "name": event.name,
                        "region": event.region,
                        "recorded_at": envelope.recordedtime,
                    }
                )
            case readers.ProjectEvent():
                await self._project(envelope, event)
            case _:
                said = list(contributions(event))
                for ordinal, contribution in enumerate(said):
                    self._contribute(envelope, ordinal, contribution)
                self._changes_of(envelope, said, of_list=isinstance(event, readers.KeyUsersDesignated))

    async def write(self) -> None:
        """Insert everything; the counter of changes last, because its one row stays locked until commit."""
        await self._link()
        for table in tables.COMPARED:
            rows = self._rows[table.name]
            if table is tables.change and rows:
                last = (await self._conn.execute(_NUMBER, {"count": len(rows)})).scalar_one()
                for seq, row in enumerate(rows, start=last - len(rows) + 1):
                    row["seq"] = seq
            if rows:
                await _copy(self._conn, table, rows)

    def _regions(self, envelope: Envelope, event: readers.RegionsDefined) -> None:
        for ordinal, region in enumerate(event.regions):
            self._rows["region"].append(
                {
                    **_place(envelope),
                    "ordinal": ordinal,
                    "plan": event.plan,
                    "code": region.code,
                    "data": plain(region),
                    "recorded_at": envelope.recordedtime,
                }
            )
            if region.level == "province":
                self._change(envelope, ordinal, region=region.code)

    async def _target(self, envelope: Envelope, ordinal: int, data: dict[str, Any]) -> None:
        previous = await self._last_target(data["plan"], data["target"])
        self._targets[data["plan"], data["target"]] = (data, envelope.sequence)
        self._rows["target"].append(
            {
                **_place(envelope),
                **_origin(envelope),
                "ordinal": ordinal,
                "plan": data["plan"],
                "target": data["target"],
                "region": data["region"],
                "data": data,
                "supersedes": previous[1] if previous else None,
            }
        )
        self._change(
            envelope,
            ordinal,
            measure=data.get("measure"),
            target=data["target"],
            region=data["region"],
            period=data["period"],
        )

    async def _decomposed(self, envelope: Envelope, event: readers.TargetDecomposed) -> None:
        """A part takes everything but its region and value from the whole (TR-7).

        A breakdown replaces the one before: parts that it no longer names are withdrawn.
        """
        whole = await self._last_target(event.plan, event.target)
        if whole is None:
            raise Poison(f"target {event.target!r} of {event.plan!r} is decomposed, and was never set")
        parts = {part.target: self._part(whole[0], part) for part in event.parts}
        gone = {
            name: {**data, "withdrawn": True}
            for name, data in (await self._parts_of(event.plan, event.target)).items()
            if name not in parts
        }
        for ordinal, data in enumerate([*parts.values(), *gone.values()]):
            await self._target(envelope, ordinal, data)

    @staticmethod
    def _part(whole: dict[str, Any], part: readers.TargetPart) -> dict[str, Any]:
        return {
            **whole,
            "target": part.target,
            "name": part.name or whole["name"],
            "region": part.region,
            "value": plain(part)["value"],
            "parent": whole["target"],
            "level": "county",
            "base": None,
            "revised": False,
            "decomposed": True,
            "withdrawn": False,
        }

    async def _parts_of(self, plan: str, target: str) -> dict[str, dict[str, Any]]:
        """The parts of a target's breakdown as it stands, this transaction's own included."""
        rows = await self._conn.execute(_PARTS, {"plan": plan, "target": target})
        found = {row.target: row.data for row in rows}
        for (of_plan, name), (data, _) in self._targets.items():
            if of_plan == plan and data.get("parent") == target and data.get("decomposed"):
                found[name] = data
        return {name: data for name, data in found.items() if not data.get("withdrawn")}

    async def _last_target(self, plan: str, target: str) -> tuple[dict[str, Any], int] | None:
        if (plan, target) not in self._targets:
            row = (await self._conn.execute(_LAST_TARGET, {"plan": plan, "target": target})).one_or_none()
            if row is None:
                return None
            self._targets[plan, target] = (row.data, row.position)
        return self._targets[plan, target]

    async def _project(self, envelope: Envelope, event: readers.ProjectEvent) -> None:
        """The project's whole standing after the event, and what it thereby counts for, or no longer does."""
        before = await self._standing(event.project)
        after = fold(before, event)
        self._standings[event.project] = after
        said = [standing_row(after)]
        old = list(marks(before)) if before is not None else []
        said += [mark_row(mark, holds) for mark, holds in differences(old, list(marks(after)))]
        for ordinal, contribution in enumerate(said):
            self._contribute(envelope, ordinal, contribution)
        self._changes_of(envelope, said[1:], of_list=False)

    async def _standing(self, project: str) -> Standing | None:
        if project not in self._standings:
            found = await self._conn.execute(_LAST_STANDING, {"project": project})
            data = found.scalar_one_or_none()
            self._standings[project] = None if data is None else msgspec.convert(data, Standing, strict=False)
        return self._standings[project]

    def _contribute(self, envelope: Envelope, ordinal: int, contribution: dict[str, Any]) -> None:
        row = {
            "subject": None,
            "value": None,
            "unit": "",
            "detail": {},
            **contribution,
            **_place(envelope),
            **_origin(envelope),
            "ordinal": ordinal,
            "supersedes": None,
        }
        self._rows["contribution"].append(row)

    def _changes_of(self, envelope: Envelope, said: Sequence[Mapping[str, Any]], *, of_list: bool) -> None:
        """One change per measure, region, period and enterprise; a list's many enterprises are one per region."""
        seen: dict[tuple[Any, ...], None] = {}
        for contribution in said:
            subject = None if of_list else contribution.get("subject")
            measure = contribution["measure"]
            if measure == facts.KEY_USER_LIST:
                continue
            seen[measure, contribution["region"], contribution["period"], subject] = None
        for ordinal, (measure, region, period, subject) in enumerate(seen):
            self._change(envelope, ordinal, measure=measure, region=region, period=period, subject=subject)

    def _change(self, envelope: Envelope, ordinal: int, *, region: str, **what: str | None) -> None:
        self._rows["change"].append(
            {
                **_place(envelope),
                "ordinal": ordinal,
                "measure": what.get("measure"),
                "target": what.get("target"),
                "region": region,
                "period": what.get("period"),
                "subject": what.get("subject"),
                "event_type": envelope.type,
                "event_id": envelope.id,
                "occurred_at": envelope.time,
                "recorded_at": envelope.recordedtime,
            }
        )

    async def _link(self) -> None:
        """Fill in `supersedes`: the position at which this source last said the same thing, here or before."""
        rows = self._rows["contribution"]
        if not rows:
            return
        wanted = list({(row["measure"], row["key"]): None for row in rows})
        found = await self._conn.execute(
            _SUPERSEDED,
            {
                "measures": [measure for measure, _ in wanted],
                "keys": [key for _, key in wanted],
                "source": rows[0]["source"],
            },
        )
        last = {(row.measure, row.key): row.position for row in found}
        for row in rows:
            key = (row["measure"], row["key"])
            row["supersedes"] = last.get(key)
            last[key] = row["position"]


async def _copy(conn: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows by COPY: writing them is most of a rebuild, and an INSERT of many takes twice as long."""
    names = [column.name for column in table.columns]
    for column in table.columns:
        if isinstance(column.type, JSONB):
            rows = [{**row, column.name: msgspec.json.encode(row[column.name]).decode()} for row in rows]
    driver = (await conn.get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101
    await driver.copy_records_to_table(table.name, records=map(itemgetter(*names), rows), columns=names)


def _place(envelope: Envelope) -> dict[str, Any]:
    return {"source": envelope.source, "position": envelope.sequence}


def _origin(envelope: Envelope) -> dict[str, Any]:
    return {
        "event_id": envelope.id,
        "event_type": envelope.type,
        "hash": envelope.hash,
        "occurred_at": envelope.time,
        "recorded_at": envelope.recordedtime,
        "simulated": envelope.simulated,
    }
