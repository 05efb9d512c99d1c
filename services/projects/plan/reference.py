"""What the loaded plans say, for decisions and queries: regions, registers, duties, rules, programmes, tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.duty import Duty
from services.projects.common.memory import remembers
from services.projects.common.plausibility import AmountCare
from services.projects.common.refusal import Refused
from services.projects.common.rules import Rule, in_force
from services.projects.common.tags import Tag, with_fields
from services.projects.plan.facts import Region, RegionRelation
from services.projects.plan.views import DUTY, PROGRAMME, REGION, REGISTER, RULE, TAG
from shared.areas import AreaTree

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class _InvestorDepartments:
    departments: Mapping[str, str]


@remembers
async def regions(conn: AsyncConnection) -> list[Region]:
    """Every loaded region, by code."""
    rows = await conn.execute(select(REGION).order_by(REGION.c.code))
    return [
        Region(
            row.code,
            row.name,
            row.level,
            row.parent,
            row.administered,
            row.valid_from,
            row.valid_to,
            tuple(msgspec.convert(row.relations, tuple[RegionRelation, ...])),
        )
        for row in rows
    ]


@remembers
async def area_tree(conn: AsyncConnection) -> AreaTree:
    """The regions as a tree for questions of coverage."""
    return AreaTree.of(await regions(conn))


@remembers
async def duties(conn: AsyncConnection, duty: str) -> list[Duty]:
    """The duty of that id, once per plan that has it."""
    rows = await conn.execute(select(DUTY.c.duty_data).where(DUTY.c.duty == duty).order_by(DUTY.c.plan))
    return [msgspec.convert(row.duty_data, Duty) for row in rows]


@remembers
async def register_levels(conn: AsyncConnection) -> dict[str, str]:
    """The level of each loaded register, by id."""
    rows = await conn.execute(select(REGISTER.c.register, REGISTER.c.level))
    return {row.register: row.level for row in rows}


@remembers
async def rules(conn: AsyncConnection, name: str) -> list[Rule]:
    """Every loaded rule of that name, of all days and plans."""
    rows = await conn.execute(select(RULE.c.rule_data).where(RULE.c.rule == name))
    return [msgspec.convert(row.rule_data, Rule) for row in rows]


async def parameters(conn: AsyncConnection, name: str, on: date, shape: type[P]) -> P:
    """The parameters of the rule in force on that day, as a `shape`. Raises Refused if there is no such rule."""
    return read(in_force(await rules(conn, name), name, on), shape)


def read(rule: Rule, shape: type[P]) -> P:
    """A rule's parameters as a `shape`. Raises Refused for malformed ones, loaded by a release that didn't check."""
    try:
        return msgspec.convert(rule.parameters, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(
            f"The rule {rule.rule} of {rule.valid_from} can't be read: {error}.",
            code="rule-parameters",
            status=409,
            remedy="Load the plan again with the parameters that the rule needs: shengji plan check, then load.",
        ) from error


async def care(conn: AsyncConnection, name: str, on: date, shape: type[P]) -> P:
    """The bounds of a `…_plausibility` rule on that day; those of `shape` itself where no plan has the rule."""
    known = await rules(conn, name)
    return read(in_force(known, name, on), shape) if any(each.holds(on) for each in known) else shape()


async def amount_care(conn: AsyncConnection, on: date) -> AmountCare:
    """The bounds for asking back amounts of that day: the rule `amount_plausibility`."""
    return await care(conn, "amount_plausibility", on, AmountCare)


async def departments(conn: AsyncConnection, on: date) -> Mapping[str, str]:
    """The department whose projects those of each kind of investor are (PM-17); none where no rule is in force."""
    known = await rules(conn, "investor_departments")
    if not any(rule.holds(on) for rule in known):
        return {}
    return read(in_force(known, "investor_departments", on), _InvestorDepartments).departments


@remembers
async def programme_codes(conn: AsyncConnection) -> set[str]:
    """The codes of the loaded programmes."""
    return set((await conn.execute(select(PROGRAMME.c.code))).scalars())


@remembers
async def loaded_tags(conn: AsyncConnection) -> dict[str, Tag]:
    """Each loaded tag by its id, in that order."""
    rows = await conn.execute(select(TAG).order_by(TAG.c.tag))
    return {
        row.tag: Tag(row.tag, row.programme, row.name, row.term, tuple(row.rows), row.parent) for row in rows
    }


def check_programmes(codes: Sequence[str], known: set[str]) -> None:
    """Raises Refused for a programme that isn't among the known ones."""
    for code in codes:
        if code not in known:
            raise Refused(
                f"There is no programme {code!r}.",
                code="unknown-programme",
                where="programmes",
                remedy=f"Known: {', '.join(sorted(known)) or 'none, load the plan first'}.",
            )


async def counted_for(
    conn: AsyncConnection, codes: Sequence[str], tags: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The named programmes plus those of the tags, and the tags plus the fields that their technologies belong to.

    Raises Refused for a programme or tag that isn't loaded.
    """
    check_programmes(codes, await programme_codes(conn))
    if not tags:
        return tuple(codes), ()
    known = await loaded_tags(conn)
    unknown = sorted(set(tags) - set(known))
    if unknown:
        raise Refused(
            f"There is no tag {', '.join(unknown)}.",
            code="unknown-tag",
            where="tags",
            remedy=f"Known: {', '.join(sorted(known)) or 'none, load the plan first'}.",
        )
    return tuple(sorted({*codes, *(known[tag].programme for tag in tags)})), with_fields(tags, known)
