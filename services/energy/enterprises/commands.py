"""Who may keep an enterprise's registration, and what of the plan and of other registrations the decision needs."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import check_managed, find_region, may_manage
from services.energy.enterprises.decisions import (
    AssignExternalId,
    ChangeEnterprise,
    ExternalIdIn,
    RegisterEnterprise,
    Registering,
)
from services.energy.enterprises.facts import (
    EnterpriseChanged,
    EnterpriseRegistered,
    EnterpriseState,
    Registered,
)
from services.energy.enterprises.identifiers import Scheme, in_normal_form
from services.energy.enterprises.views import EXTERNAL_ID
from services.energy.readings.reference import add_feed, driver
from shared.feature import At, Change
from shared.problems import not_found
from shared.rpc import Call


def named(command: RegisterEnterprise, call: Call) -> RegisterEnterprise:
    """An enterprise that comes without an id gets one: the same for every repeat of the command."""
    made = sha256(f"{call.actor.subject}\0{call.command_id}".encode()).hexdigest()[:12]
    return replace(command, enterprise=command.enterprise or f"E{made}")


async def register(at: At, command: RegisterEnterprise, state: EnterpriseState) -> Registering:
    """Region at city, county or zone level. An external id that another registration has is refused (409)."""
    await may_manage(at.conn, at.actor, command.region)
    return Registering(
        today=at.today,
        by=at.actor.subject,
        region=await find_region(at.conn, command.region),
        taken=await _taken(at.conn, command.external_ids),
    )


async def change(at: At, command: ChangeEnterprise, state: EnterpriseState) -> Registering:
    """A move counts from its day on: earlier days' energy stays with the region of that day."""
    await _managed(at, command.enterprise, state)
    if command.region is None:
        return Registering(today=at.today, by=at.actor.subject)
    await may_manage(at.conn, at.actor, command.region)
    region = await find_region(at.conn, command.region)
    return Registering(today=at.today, by=at.actor.subject, region=region)


async def assign(at: At, command: AssignExternalId, state: EnterpriseState) -> Registering:
    """The one of the same scheme that held until then ends the day before."""
    await _managed(at, command.enterprise, state)
    return Registering(today=at.today, by=at.actor.subject, taken=await _taken(at.conn, [command]))


async def beside(at: At, change: Change[EnterpriseState]) -> None:
    """Lets a registered enterprise have a feed of readings, and moves its feed with it."""
    for event in change.events:
        if isinstance(event, EnterpriseRegistered | EnterpriseChanged):
            await add_feed(await driver(at.conn), event.enterprise, event.region)


async def _managed(at: At, enterprise: str, state: EnterpriseState) -> None:
    if not isinstance(state, Registered):
        raise not_found("enterprise", enterprise)
    await check_managed(at.conn, at.actor, enterprise, state.region)


async def _taken(
    conn: AsyncConnection, codes: Sequence[ExternalIdIn | AssignExternalId]
) -> frozenset[tuple[Scheme, str]]:
    known = EXTERNAL_ID.c
    wanted = [(code.scheme.value, in_normal_form(code.value)) for code in codes]
    rows = await conn.execute(
        select(known.scheme, known.value).where(tuple_(known.scheme, known.value).in_(wanted))
    )
    return frozenset((Scheme(row.scheme), row.value) for row in rows)
