"""Checks that what a command names exists and is the actor's to change: regions, registers, programmes, projects."""

from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common import industries
from services.projects.common.refusal import Refused
from shared import unknown_region
from shared.areas import AreaTree
from shared.problems import Problem
from shared.rpc import Call


def check_region(tree: AreaTree, region: str) -> None:
    if len(tree) == 0:
        raise Problem(
            409,
            "no-plan",
            "No plan is loaded",
            "No regions are known yet.",
            remedy="Load the plan first: shengji plan load.",
        )
    unknown_region.check_region(tree, region)


def check_industry(code: str, on: date, where: str = "industry") -> None:
    """The code is in the GB/T 4754 edition in force that day; any code if no edition is known. Raises Refused."""
    known = industries.on(on)
    meant = industries.meant(code, known)
    if known and code not in meant:
        maybe = f" Is {meant[0]} meant?" if meant else ""
        raise Refused(
            f"There is no industry {code!r}.{maybe}",
            code="unknown-industry",
            where=where,
            remedy="Write a code of GB/T 4754-2011 with its 0 in front, e.g. 0610 or C2822.",
        )


# A lock: of two commands sent at the same moment, neither would see the other's row.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext(:named))")


async def ask_about_a_twin(conn: AsyncConnection, what: str, named: str, twin: Select[Any]) -> None:
    """Raises Refused 409 if something new without an id resembles `twin` (id and day): was it sent twice?"""
    await conn.execute(_ONE_AFTER_THE_OTHER, {"named": f"{what}: {named}"})
    found = (await conn.execute(twin.limit(1))).one_or_none()
    if found is not None:
        identifier, on = found
        raise Refused(
            f"The {what} {identifier} of {on} says the same: {named}.",
            code="maybe-the-same",
            where=what,
            status=409,
            remedy="If it is the same, go on with that id. If it is another, send it again with confirmed: true.",
            extra={what: identifier, "confirm": "confirmed"},
        )


def made_id(prefix: str, call: Call) -> str:
    """An id for something new: the same for every repeat of the command, different for every other."""
    return f"{prefix}-" + sha256(f"{call.actor.subject}\0{call.command_id}".encode()).hexdigest()[:16]
