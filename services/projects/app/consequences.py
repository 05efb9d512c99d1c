"""Carries out what comes of silence: the bulletin that has gone out with the region in it (通报批评)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import select

from services.projects import tables
from services.projects.app.context import App
from services.projects.app.duties import carry_out
from services.projects.app.snapshot import NAMED
from services.projects.domain.document import Document
from services.projects.domain.duty_account import CarryOut, Key
from services.projects.domain.duty_consequence import Effect
from services.projects.events import CATALOGUE, DOCUMENT, document_stream
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("projects")


async def carry_out_all(app: App, plans: Mapping[str, str]) -> int:
    """Carry out what is drawn, holds and can be; answers how many. `plans`: the plan of each duty."""
    table = tables.duty_consequence.c
    async with app.engine.connect() as conn:
        rows = (
            await conn.execute(
                select(tables.duty_consequence)
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
            command = await _named(app, Key(plans.get(row.duty, ""), row.duty, row.region), row)
            if command is not None:
                done += int((await carry_out(app, _call("carry-out-consequence", row), command)).data)
        except Problem as problem:  # the others go on
            _log.warning("consequence not carried out", duty=row.duty, region=row.region, why=problem.detail)
    return done


async def _named(app: App, key: Key, row: Any) -> CarryOut | None:
    """By the first document that went out since and has the region in it."""
    table = tables.document.c
    async with app.engine.connect() as conn:
        issued = await conn.execute(
            select(table.document, table.label, table.period)
            .where(table.standing == "issued", table.issued_on >= row.drawn_on)
            .order_by(table.issued_on, table.document)
        )
        for document in issued.all():
            history = await app.log.load(conn, document_stream(document.document))
            state = DOCUMENT.fold([CATALOGUE.decode(event) for event in history])
            if isinstance(state, Document) and any(
                (each.measure, each.region, each.group) == (NAMED, row.region, row.duty)
                for each in state.drafted.snapshot.figures
            ):
                effect = Effect(document.label, document.period)
                return CarryOut(key, row.last_period, effect, app.today())
    return None


def _call(operation: str, row: Any) -> Call:
    return Call(
        uuid4().hex, _ACTOR, operation, {"duty": row.duty, "region": row.region, "last": row.last_period}
    )
