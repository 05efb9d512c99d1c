"""Whose meter it is, and what the readings' store knows of it while a command is decided."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import managed_enterprise
from services.energy.common.given import AtMoment
from services.energy.meters.facts.life import InUse, MeterState, NoMeter, Retired
from services.energy.readings.reference import driver
from services.energy.readings.store import lock_partition
from shared.feature import At
from shared.problems import not_found

_PARTITION = text("SELECT p FROM feed WHERE enterprise = :enterprise")


async def managed(at: At, command: Any, state: MeterState) -> InUse | Retired:
    """The meter, if the actor administers its enterprise. Raises Problem 404 or 403."""
    if isinstance(state, NoMeter):
        raise not_found("meter", command.meter)
    await managed_enterprise(at.conn, at.actor, state.registered.enterprise)
    return state


async def at_moment(at: At, command: Any, state: MeterState) -> AtMoment:
    """The Clock's moment, for who administers the meter's enterprise."""
    await managed(at, command, state)
    return AtMoment(today=at.today, by=at.actor.subject, now=at.service.clock.now())


async def lock_readings(conn: AsyncConnection, enterprise: str) -> None:
    """Lock the enterprise's partition until the commit, so that no batch changes what this command reads from the
    store."""
    p = await conn.scalar(_PARTITION, {"enterprise": enterprise})
    await lock_partition(await driver(conn), int(p))
