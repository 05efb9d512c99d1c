"""Use cases on enterprises and on the yearly list of key energy users."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.access import find_region, managed_enterprise, may_manage, province_only
from services.energy.app import inline
from services.energy.app.context import Energy
from services.energy.app.plan import key_user_rule
from services.energy.common.conversion import Basis
from services.energy.domain import enterprise as domain
from services.energy.domain import key_users
from services.energy.domain.identifiers import Scheme
from services.energy.readings.reference import add_feed, driver
from shared.decider import Decider
from shared.rpc import Call, Reply

_ENTERPRISE: Decider[domain.State, domain.Command, domain.Event] = Decider(
    domain.Unregistered(), domain.decide, domain.evolve
)
_LIST: Decider[key_users.State, key_users.Command, key_users.Event] = Decider(
    key_users.NoList(), key_users.decide, key_users.evolve
)


def new_id() -> str:
    """An id for an enterprise that came without one."""
    return f"E{uuid4().hex[:12]}"


async def register(
    energy: Energy,
    call: Call,
    *,
    enterprise: str | None,
    name: str,
    region: str,
    industry: str,
    external_ids: Sequence[domain.ExternalId],
    valid_from: date | None,
) -> Reply:
    """Make an enterprise known, and let it have a feed of readings."""
    identifier = enterprise or new_id()

    async def command(conn: AsyncConnection) -> domain.RegisterEnterprise:
        await may_manage(conn, call.actor, region)
        return domain.RegisterEnterprise(
            identifier,
            name,
            region,
            await find_region(conn, region),
            industry,
            tuple(external_ids),
            valid_from or energy.today(),
        )

    return await _run(energy, call, identifier, command)


async def change(
    energy: Energy,
    call: Call,
    enterprise: str,
    *,
    name: str | None,
    region: str | None,
    industry: str | None,
    valid_from: date | None,
    reason: str,
) -> Reply:
    """Rename or move it, or correct its industry, from a day on."""

    async def command(conn: AsyncConnection) -> domain.ChangeEnterprise:
        await managed_enterprise(conn, call.actor, enterprise)
        if region is not None:
            await may_manage(conn, call.actor, region)
        return domain.ChangeEnterprise(
            valid_from or energy.today(),
            reason,
            name,
            region,
            None if region is None else await find_region(conn, region),
            industry,
        )

    return await _run(energy, call, enterprise, command)


async def assign_external_id(
    energy: Energy, call: Call, enterprise: str, scheme: str, value: str, valid_from: date | None
) -> Reply:
    """Give it a further identifier of the outside."""

    async def command(conn: AsyncConnection) -> domain.AssignExternalId:
        await managed_enterprise(conn, call.actor, enterprise)
        return domain.AssignExternalId(Scheme(scheme), value, valid_from or energy.today())

    return await _run(energy, call, enterprise, command)


async def designate_key_users(
    energy: Energy,
    call: Call,
    *,
    year: int,
    basis: str,
    source: str,
    candidates: Sequence[tuple[str, Any, str]],
    revision_reason: str | None,
) -> Reply:
    """Take the year's list, or a revision of it, as a whole. `candidates`: (enterprise, tce a year, reason)."""
    province_only(call.actor, "The list of key energy users")

    async def command(conn: AsyncConnection) -> key_users.DesignateKeyUsers:
        known = tables.enterprise.c
        named = [candidate[0] for candidate in candidates]
        rows = await conn.execute(select(known.enterprise, known.region).where(known.enterprise.in_(named)))
        regions = {row.enterprise: row.region for row in rows}
        return key_users.DesignateKeyUsers(
            year,
            Basis(basis),
            source,
            tuple(
                key_users.Candidate(name, regions.get(name), tce, reason) for name, tce, reason in candidates
            ),
            await key_user_rule(conn, date(year, 1, 1)),
            revision_reason,
        )

    async def write(conn: AsyncConnection, events: Sequence[key_users.Event]) -> None:
        await inline.apply(conn, events, energy.now())

    def answer(state: key_users.State, _: Any) -> Any:
        if not isinstance(state, key_users.Listed):
            raise TypeError("a list was taken and there is none")
        return msgspec.to_builtins(state.designated)

    return await energy.runner.run(call, f"key-users-{year}", _LIST, command, inline=write, answer=answer)


async def _run(energy: Energy, call: Call, enterprise: str, command: Any) -> Reply:
    async def write(conn: AsyncConnection, events: Sequence[domain.Event]) -> None:
        await inline.apply(conn, events, energy.now())
        for event in events:
            if isinstance(event, domain.EnterpriseRegistered | domain.EnterpriseChanged):
                await add_feed(await driver(conn), event.enterprise, event.region)

    def answer(state: domain.State, _: Any) -> Any:
        fields: dict[str, Any] = msgspec.to_builtins(state)
        fields["valid_from"] = fields.pop("changed_on")
        return fields

    return await energy.runner.run(
        call, f"enterprise-{enterprise}", _ENTERPRISE, command, inline=write, answer=answer
    )
