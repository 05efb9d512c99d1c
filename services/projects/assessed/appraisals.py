"""Follows the appraisals of the cities (绩效考核): who is assessed and verified (TR-25), what is granted (TR-26).

Self-assessments and verifications carry out duties, and funds pay awards; scores are not read.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import assert_never

import msgspec
from nats.js import JetStreamContext
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects.assessed.events import read
from services.projects.assessed.tables import APPRAISED, AWARD
from shared.checkpoint import Checkpoints
from shared.consumer import DomainConsumer
from shared.envelope import Envelope
from shared.health import Health

CONSUMER = "appraisals"
"""The consumer that follows assessment's appraisals; separate, so that an older store reads them all."""


class Assessed(msgspec.Struct, frozen=True):
    """A city that is assessed."""

    region: str


class AppraisalOpened(msgspec.Struct, frozen=True):
    """The cities that are assessed in a year."""

    plan: str
    year: int
    cities: list[Assessed]


class SelfAssessed(msgspec.Struct, frozen=True):
    """A city's self-assessment came in."""

    plan: str
    year: int
    region: str
    on: date
    evidence: str


class ScoreVerified(msgspec.Struct, frozen=True):
    """A city's score was verified."""

    plan: str
    year: int
    region: str
    on: date


class AwardGranted(msgspec.Struct, frozen=True):
    """What a city is awarded from now on, CNY; zero takes the award away."""

    plan: str
    year: int
    edition: int
    region: str
    rank: int
    amount: Decimal
    on: date
    evidence: str


READERS: dict[str, type[AppraisalOpened | SelfAssessed | ScoreVerified | AwardGranted]] = {
    "AppraisalOpened": AppraisalOpened,
    "SelfAssessed": SelfAssessed,
    "ScoreVerified": ScoreVerified,
    "AwardGranted": AwardGranted,
}


def appraisals_consumer(
    engine: AsyncEngine, js: JetStreamContext, health: Health | None = None
) -> DomainConsumer:
    """The consumer of stream ASSESSMENT that writes the tables `appraised_city` and `award`."""
    return DomainConsumer("assessment", js, Checkpoints(engine, CONSUMER), apply, health=health)


async def apply(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Writes the rows that follow from the events; other event types are ignored."""
    for event, position in read(envelopes, READERS):
        await _apply_one(conn, event, position)


async def _apply_one(
    conn: AsyncConnection, event: AppraisalOpened | SelfAssessed | ScoreVerified | AwardGranted, position: int
) -> None:
    match event:
        case AppraisalOpened():
            rows = [{"plan": event.plan, "year": event.year, "region": each.region} for each in event.cities]
            await conn.execute(insert(APPRAISED).on_conflict_do_nothing(), rows)
        case SelfAssessed():
            # The first self-assessment carries out the duty; later ones only change points.
            await _city(conn, event, first={"self_on": event.on, "evidence": event.evidence})
        case ScoreVerified():
            await _city(conn, event, first={"verified_on": event.on})
        case AwardGranted():
            await _award(conn, event, position)
        case _:
            assert_never(event)


async def _city(
    conn: AsyncConnection, event: SelfAssessed | ScoreVerified, first: dict[str, date | str]
) -> None:
    table = APPRAISED
    key = {"plan": event.plan, "year": event.year, "region": event.region}
    (day, *_) = first
    statement = insert(table).values(**key, **first)
    await conn.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_=first, where=table.c[day].is_(None))
    )


async def _award(conn: AsyncConnection, event: AwardGranted, position: int) -> None:
    row = {
        "award": award_id(event.plan, event.year, event.region),
        "plan": event.plan,
        "year": event.year,
        "region": event.region,
        "edition": event.edition,
        "rank": event.rank,
        "amount": event.amount,
        "granted_on": event.on,
        "evidence": event.evidence,
        "position": position,
    }
    statement = insert(AWARD).values(**row)
    await conn.execute(statement.on_conflict_do_update(constraint="award_pkey", set_=row))


def award_id(plan: str, year: int, region: str) -> str:
    """The id of an award in this service: plan, year of the appraisal, and city."""
    return f"{plan}.{year}.{region}"
