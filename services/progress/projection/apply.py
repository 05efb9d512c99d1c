"""Turns events into rows of the read-model: in order, in the consumer's transaction, nothing but inserts.

A contribution never changes: a later event that states the same thing again adds a row that names the one before. So
the rows with `recorded_at` up to a moment are what was known at that moment. A later event cancels a counted entry by
adding it with the opposite sign (`entries.py`), so that the sum of the entries up to a moment is what was counted then.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.measures import facts
from services.progress.measures.countings import shipped
from services.progress.projection import assessment_events, energy_events, project_events, tables
from services.progress.projection.contributions import (
    contributions,
    mark_row,
    marked,
    part_of,
    plain,
    standing_row,
)
from services.progress.projection.copying import copy
from services.progress.projection.entries import Entry, Key, changes, of_mark, of_project
from services.progress.projection.readers import read
from services.progress.projection.standing import Mark, Standing, differences, fold, marks, member_of
from shared.consumer import Poison
from shared.envelope import Envelope

RUN = 100
"""Events from one statement to the next, at most. The server ends a session that rests in its transaction for 2 s, and
on a busy machine a thousand projects' events take longer than that to think about."""
_COUNTED = (facts.LISTING, facts.MATCH, facts.DESIGNATION)
"""Contributions that are marks of their own, of things that aren't projects."""
_SUPERSEDED = text("""
    SELECT wanted.measure, wanted.key, last.*
    FROM unnest(CAST(:measures AS text[]), CAST(:keys AS text[])) AS wanted (measure, key)
    CROSS JOIN LATERAL (
        SELECT c.position, c.region, c.period, c.value, CASE WHEN c.measure = ANY(:counted) THEN c.detail END AS detail
        FROM contribution c
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
_LAST_STANDINGS = text(f"""
    SELECT last.detail FROM unnest(CAST(:projects AS text[])) AS wanted (project)
    CROSS JOIN LATERAL (
        SELECT c.detail FROM contribution c
        WHERE c.measure = '{facts.PROJECT}' AND c.source = 'projects' AND c.key = wanted.project
        ORDER BY c.position DESC, c.ordinal DESC LIMIT 1
    ) AS last
""")
_CLOSED_COHORTS = text(f"""
    SELECT DISTINCT key FROM contribution WHERE measure = '{facts.COHORT}' AND source = 'projects'
""")
_NUMBER = text("UPDATE change_counter SET seq = seq + :count RETURNING seq")


async def apply(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Write the rows of a run of events of one source, in order.

    Raises Poison for an event that can't be understood; types that progress doesn't use are passed over.
    """
    for first in range(0, len(envelopes), RUN):
        run = envelopes[first : first + RUN]
        events = [(envelope, event) for envelope in run if (event := read(envelope)) is not None]
        batch = _Batch(conn)
        await batch.prepare([event for _, event in events])
        for envelope, event in events:
            await batch.add(envelope, event)
        await batch.write()


@dataclass(frozen=True, slots=True)
class _Project:
    """A project as far as it has come, with what it counts for."""

    standing: Standing | None = None
    marks: Sequence[Mark] = ()
    entries: Counter[Entry] = field(default_factory=Counter)


class _Batch:
    """The rows of a run of events, gathered so that each table is written once."""

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn
        self._rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables.COMPARED}
        self._targets: dict[tuple[str, str], tuple[dict[str, Any], int]] = {}
        self._projects: dict[str, _Project] = {}
        self._closed: set[str] = set()
        self._entries: Counter[int] = Counter()

    async def prepare(self, events: Sequence[msgspec.Struct]) -> None:
        """Read what the events build on, once for all of them: how their projects stand, which cohorts are closed."""
        projects = [event.project for event in events if isinstance(event, project_events.ProjectEvent)]
        closings = [event for event in events if isinstance(event, project_events.CohortClosed)]
        projects += [member.project for closing in closings for member in closing.members]
        if not projects:
            return
        self._closed = set((await self._conn.execute(_CLOSED_COHORTS)).scalars())
        found = await self._conn.execute(_LAST_STANDINGS, {"projects": list(dict.fromkeys(projects))})
        for data in found.scalars():
            standing = msgspec.convert(data, Standing, strict=False)
            self._projects[standing.project] = _counted(standing)

    async def add(self, envelope: Envelope, event: msgspec.Struct) -> None:
        match event:
            case assessment_events.PlanPublished():
                self._rows["plan"].append(
                    {**_place(envelope), **_origin(envelope), "plan": event.plan, "data": plain(event)}
                )
            case assessment_events.RegionsDefined():
                self._regions(envelope, event)
            case assessment_events.TargetSet():
                revised = isinstance(event, assessment_events.TargetRevised)
                await self._target(envelope, 0, {**plain(event), "revised": revised})
            case assessment_events.TargetDecomposed():
                await self._decomposed(envelope, event)
            case energy_events.EnterpriseRegistered():
                self._rows["enterprise"].append(
                    {
                        **_place(envelope),
                        "enterprise": event.enterprise,
                        "name": event.name,
                        "region": event.region,
                        "recorded_at": envelope.recordedtime,
                    }
                )
            case project_events.ProjectEvent():
                self._project(envelope, event)
            case project_events.CohortClosed():
                self._cohort(envelope, event)
            case _:
                said = list(contributions(event))
                for ordinal, contribution in enumerate(said):
                    self._contribute(envelope, ordinal, contribution)
                self._changes_of(envelope, said, of_list=isinstance(event, energy_events.KeyUsersDesignated))

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
                await copy(self._conn, table, rows)

    def _regions(self, envelope: Envelope, event: assessment_events.RegionsDefined) -> None:
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

    async def _decomposed(self, envelope: Envelope, event: assessment_events.TargetDecomposed) -> None:
        """A part takes everything but its region and value from the whole (TR-7).

        A breakdown replaces the one before: parts that it no longer names are withdrawn.
        """
        whole = await self._last_target(event.plan, event.target)
        if whole is None:
            raise Poison(f"target {event.target!r} of {event.plan!r} is decomposed, and was never set")
        parts = {part.target: part_of(whole[0], part) for part in event.parts}
        gone = {
            name: {**data, "withdrawn": True}
            for name, data in (await self._parts_of(event.plan, event.target)).items()
            if name not in parts
        }
        for ordinal, data in enumerate([*parts.values(), *gone.values()]):
            await self._target(envelope, ordinal, data)

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

    def _project(self, envelope: Envelope, event: project_events.ProjectEvent) -> None:
        """The project's whole standing after the event, and what it thereby counts for, or no longer does."""
        before = self._projects.get(event.project, _Project())
        said = self._stands(envelope, before, fold(before.standing, event, self._closed), 0)
        self._changes_of(envelope, said, of_list=False)

    def _cohort(self, envelope: Envelope, event: project_events.CohortClosed) -> None:
        """A contract year is closed: its members are so for ever. Raises Poison for one that was never registered."""
        self._closed.add(event.cohort)
        said = list(contributions(event))
        self._contribute(envelope, 0, said[0])
        ordinal = 1
        for member in event.members:
            before = self._projects.get(member.project, _Project())
            if before.standing is None:
                raise Poison(f"{event.cohort} has the member {member.project!r}, which was never registered")
            after = member_of(
                before.standing, event.cohort, event.investor_kind, member.contracted_on, member.amount
            )
            marked_anew = self._stands(envelope, before, after, ordinal)
            ordinal += 1 + len(marked_anew)
            said += marked_anew
        self._changes_of(envelope, said, of_list=True)

    def _stands(
        self, envelope: Envelope, before: _Project, standing: Standing, ordinal: int
    ) -> list[dict[str, Any]]:
        """Write a project's standing, the marks that changed and the entries that follow; the marks' contributions."""
        after = self._projects[standing.project] = _counted(standing)
        entries = list(changes(before.entries, after.entries))
        counted = {entry.mark for entry in entries}
        changed = {(mark.measure, mark.key): holds for mark, holds in differences(before.marks, after.marks)}
        # An entry is shown by its mark as the same event left it, so that is written with it.
        said = [
            mark_row(mark, True)
            for mark in after.marks
            if (mark.measure, mark.key) in changed or (mark.measure, mark.key) in counted
        ]
        said += [
            mark_row(mark, False) for mark in before.marks if changed.get((mark.measure, mark.key)) is False
        ]
        shown: dict[Key | None, int] = {}
        for number, contribution in enumerate([standing_row(standing), *said], start=ordinal):
            self._contribute(envelope, number, contribution)
            shown[contribution["measure"], contribution["key"]] = number
        for entry in entries:
            self._enter(_row_of(envelope), entry, shown.get(entry.mark))
        return said

    def _enter(self, of: Mapping[str, Any], entry: Entry, shown: int | None) -> None:
        """Write an entry that an event makes; `shown`: the contribution that shows it."""
        position = of["position"]
        ordinal = self._entries[position]
        self._entries[position] += 1
        row = {name: of[name] for name in ("source", "position", "recorded_at", "simulated")}
        self._rows["entry"].append({**row, **entry._asdict(), "ordinal": ordinal, "mark": shown})

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
            if measure in (facts.KEY_USER_LIST, facts.COHORT):
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
        """Fill in `supersedes`: the position at which this source last said the same thing, here or before.

        If the superseded contribution is counted by itself, the same look-up cancels its entries.
        """
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
                "counted": list(_COUNTED),
            },
        )
        last: dict[tuple[str, str], Mapping[str, Any]] = {
            (row["measure"], row["key"]): dict(row) for row in found.mappings()
        }
        for row in rows:
            key = (row["measure"], row["key"])
            before = last.get(key)
            row["supersedes"] = None if before is None else before["position"]
            if row["measure"] in _COUNTED:
                for entry in changes(_entries_of(before), _entries_of(row)):
                    self._enter(row, entry, None if entry.mark is None else row["ordinal"])
            last[key] = row


def _entries_of(contribution: Mapping[str, Any] | None) -> Counter[Entry]:
    mark = None if contribution is None else marked(contribution)
    return Counter() if mark is None else of_mark(mark, shipped())


def _counted(standing: Standing) -> _Project:
    said = list(marks(standing, shipped().tags))
    return _Project(standing, said, of_project(standing, said, shipped()))


def _row_of(envelope: Envelope) -> dict[str, Any]:
    return {**_place(envelope), "recorded_at": envelope.recordedtime, "simulated": envelope.simulated}


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
