"""Carries out what comes of silence: the bulletin that has gone out with the region in it (通报批评)."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.app.context import App
from services.projects.app.watched import not_done
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

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("projects")


NamedIn = dict[str, frozenset[tuple[str | None, str | None]]]
"""Whom each issued document names for which duty, (region, duty): it stays as it is, so it is read once."""


async def carry_out_all(app: App, plans: Mapping[str, str], named: NamedIn) -> int:
    """Carry out what is drawn, holds and can be; answers how many. `plans`: the plan of each duty.

    `named` is what the caller keeps from one time to the next; it grows by the documents that were issued since.
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
        except Problem as problem:  # the others go on
            not_done(_log, "consequence not carried out", problem, duty=row.duty, region=row.region)
    return done


async def _named(app: App, key: Key, row: Any, named: NamedIn) -> CarryOut | None:
    """By the first document that went out since and has the region in it."""
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
    app: App, conn: AsyncConnection, document: str
) -> frozenset[tuple[str | None, str | None]]:
    state, _ = await app.state(conn, DOCUMENT, stream(document))
    figures = state.drafted.snapshot.figures if isinstance(state, Document) else ()
    return frozenset((each.region, each.group) for each in figures if each.measure == NAMED)


def _call(row: Any, command: CarryOut) -> Call:
    """One for a consequence and the document that it has its effect in."""
    body = {"duty": row.duty, "region": row.region, "last": row.last_period}
    name = f"{row.duty}:{row.region}:{row.last_period}:{command.evidence}"
    return Call(name, _ACTOR, "carry-out-consequence", body)
