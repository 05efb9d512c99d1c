"""Whose a problem is. The plan's dated rule `problems`: how long each level has for an answer, and what the meeting on
starts takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.plan import reference
from services.projects.problems.escalation import EscalationRule, Rules
from services.projects.problems.facts import Level, ProblemKind
from shared.areas import AreaTree

_RULE = "problems"


@dataclass(frozen=True, slots=True)
class _OfLevel:
    answer_days: int
    escalate_after_days: int


@dataclass(frozen=True, slots=True)
class _Parameters:
    levels: Mapping[Level, _OfLevel]
    starts_meeting_kinds: tuple[ProblemKind, ...]


async def rules(conn: AsyncConnection) -> Rules:
    """The rules of all levels and days, the latest begun first; the day of the event decides which one applies."""
    found = sorted(await reference.rules(conn, _RULE), key=lambda rule: rule.valid_from, reverse=True)
    return [
        EscalationRule(level, each.answer_days, each.escalate_after_days, rule.valid_from, rule.valid_to)
        for rule in found
        for level, each in reference.read(rule, _Parameters).levels.items()
    ]


async def starts_kinds(conn: AsyncConnection, on: date) -> tuple[ProblemKind, ...]:
    """Default kinds of problem of a TR-10 meeting on that day (土地、环境和资金等要素)."""
    return (await reference.parameters(conn, _RULE, on, _Parameters)).starts_meeting_kinds


def level_of(tree: AreaTree, region: str) -> Level:
    """The level of a region; a zone (实验区) counts as a city."""
    area = tree.get(region)
    match area.level if area else "":
        case "county":
            return Level.COUNTY
        case "province" | "nation":
            return Level.PROVINCE
        case _:
            return Level.CITY
