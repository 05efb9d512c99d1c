"""Process manager: records a consequence as carried out once an issued bulletin names the region (通报批评)."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.watched import not_done
from services.projects.documents.decisions import DOCUMENT
from services.projects.documents.facts import Document, stream
from services.projects.documents.snapshot import NAMED
from services.projects.documents.views import TABLE as DOCUMENTS
from services.projects.duties.decisions import CarryOut, Key
from services.projects.duties.feature import HISTORY
from services.projects.duties.tables import CONSEQUENCES
from shared.command import Given
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call
from shared.service import Service

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("projects")


NamedIn = dict[str, frozenset[tuple[str | None, str | None]]]
"""Cache: the (region, duty) pairs that each issued document names; an issued document never changes."""


async def carry_out_all(app: Service, plans: Mapping[str, str], named: NamedIn) -> int:
    """Records every open consequence that an issued bulletin has carried out. Returns how many. `plans`: plan by duty.

    `named` is the caller's cache, kept between calls; documents issued since the last call are added to it.
    """
    table = CONSEQUENCES.c
    async with app.snapshots.connect() as conn:
        rows = (
            await conn.execute(
                select(CONSEQUENCES)
                .where(
                    table.consequence == "named_in_bulletin",
                    table.carried_out_on.is_(None),
                    table.lifted_on.is_(None),
                )
                .order_by(table.drawn_on, table.duty, table.region)
            )
        ).all()
    done = 0
    for row in rows:
        try:
            command = await _named(app, Key(plans.get(row.duty, ""), row.duty, row.region), row, named)
            if command is not None:
                given = Given(today=app.today(), by=_ACTOR.subject)
                reply = await HISTORY.carry_out(
                    app, _call(row, command), command, given, answer=lambda done: len(done.events)
                )
                done += int(reply.data)
        except Problem as problem:  # go on with the other consequences
            not_done(_log, "consequence not carried out", problem, duty=row.duty, region=row.region)
    return done


async def _named(app: Service, key: Key, row: Any, named: NamedIn) -> CarryOut | None:
    """The command for the first document, issued since the consequence was drawn, that names the region; else None."""
    table = DOCUMENTS.c
    async with app.snapshots.connect() as conn:
        issued = await conn.execute(
            select(table.document, table.label, table.period)
            .where(table.standing == "issued", table.issued_on >= row.drawn_on)
            .order_by(table.issued_on, table.document)
        )
        for document in issued.all():
            if document.document not in named:
                named[document.document] = await _named_in(app, conn, document.document)
            if (row.region, row.duty) in named[document.document]:
                return CarryOut(key, row.last_period, document.label, document.period)
    return None


async def _named_in(
    app: Service, conn: AsyncConnection, document: str
) -> frozenset[tuple[str | None, str | None]]:
    state, _ = await app.state(conn, DOCUMENT, stream(document))
    figures = state.drafted.snapshot.figures if isinstance(state, Document) else ()
    return frozenset((each.region, each.group) for each in figures if each.measure == NAMED)


def _call(row: Any, command: CarryOut) -> Call:
    """The call; its command id is one per consequence and document."""
    body = {"duty": row.duty, "region": row.region, "last": row.last_period}
    name = f"{row.duty}:{row.region}:{row.last_period}:{command.evidence}"
    return Call(name, _ACTOR, "carry-out-consequence", body)
