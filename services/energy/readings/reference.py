"""The rows that the hot path reads, as the registry fills them: feeds, credentials, carriers, series.

Each function is called inside the transaction of the command that causes it. It locks the partition's row first, as a
batch does, and raises its generation, so that the worker sees the change with its next batch.
"""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from secrets import token_urlsafe
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.scale import plain
from services.energy.readings.memory import Connection

# In one statement: `change_partition`, and the series with the generation that it raised.
_INSERT_SERIES = """
WITH changed AS (
    UPDATE reading_partition r SET generation = generation + 1 FROM feed f
    WHERE f.enterprise = $1 AND r.p = f.p RETURNING r.p, r.generation
)
INSERT INTO series (enterprise, p, generation, meter, statistic_type, carrier, unit, scope, kind,
                    interval_seconds, factor, modulus, capacity, resolution, sign, valid_from, valid_to)
SELECT $1, p, generation, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 FROM changed
RETURNING s, p
"""
OPEN = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """One meter's readings of one statistic type, from a moment on. See the comments of table `series`.

    `unit` is what readings come in; `unit_factor` how many of the carrier's unit one of it is; `digits` counts the
    register's integer digits; `capacity` is per hour, in `unit` and after the ratio (倍率).
    """

    meter: str
    enterprise: str
    carrier: str
    unit: str
    kind: Literal["register", "interval"]
    valid_from: datetime
    ratio: Decimal = Decimal(1)
    unit_factor: Decimal = Decimal(1)
    digits: int | None = None
    capacity: Decimal | None = None
    resolution: Decimal = Decimal(0)
    interval_seconds: int = 900
    scope: int = 1
    statistic_type: int = 0
    valid_to: datetime | None = None
    modulus: Decimal | None = None
    delivered: bool = False
    """What it counts goes out: it is deducted from the enterprise's sums."""

    @property
    def starts_again_at(self) -> Decimal | None:
        """What the register counts up to before it shows 0; None: not known, or never."""
        if self.modulus is not None:
            return self.modulus
        return None if self.digits is None else Decimal(10**self.digits)


async def driver(conn: AsyncConnection) -> Connection:
    """asyncpg's connection under SQLAlchemy's, in the same transaction."""
    raw = await conn.get_raw_connection()
    inner: Connection = raw.driver_connection
    if not inner.is_in_transaction():
        # SQLAlchemy opens its transaction only with its own first statement; ours would otherwise run outside of it.
        await conn.execute(text("SELECT 1"))
    return inner


async def change_partition(conn: Connection, p: int) -> int:
    """Lock the partition and raise its generation; returns the new one. Raises LookupError for an unknown partition."""
    generation: int | None = await conn.fetchval(
        "UPDATE reading_partition SET generation = generation + 1 WHERE p = $1 RETURNING generation", p
    )
    if generation is None:
        raise LookupError(f"there is no partition {p} of readings")
    return generation


async def add_feed(conn: Connection, enterprise: str, region: str) -> int:
    """Let an enterprise send readings, or move it to another region; returns its partition."""
    partitions: int = await conn.fetchval("SELECT count(*) FROM reading_partition")
    # A feed keeps its partition for life: if it moved, it would have two writers while both partitions hold its
    # readings.
    p = zlib.crc32(enterprise.encode()) % partitions
    await change_partition(conn, p)
    await conn.execute(
        "INSERT INTO feed (enterprise, region, p) VALUES ($1, $2, $3) "
        "ON CONFLICT (enterprise) DO UPDATE SET region = excluded.region",
        *(enterprise, region, p),
    )
    return p


async def issue_credential(conn: Connection, enterprise: str, valid_from: datetime, label: str = "") -> str:
    """A new device credential "<enterprise>.<secret>", told once: only its hash is kept."""
    secret = token_urlsafe(32)
    await conn.execute(
        "INSERT INTO device_credential (enterprise, hash, valid_from, label) VALUES ($1, $2, $3, $4)",
        *(enterprise, credential_hash(secret), valid_from, label),
    )
    return f"{enterprise}.{secret}"


def credential_hash(secret: str) -> bytes:
    """The hash that is kept of a secret. The secret is long and random, so a plain hash can't be reversed by
    guessing."""
    return hashlib.sha256(secret.encode()).digest()


async def revoke_credentials(conn: Connection, enterprise: str, at: datetime) -> int:
    """End the enterprise's credentials; intakes notice within their cache's time (30 s)."""
    done = await conn.execute(
        "UPDATE device_credential SET valid_to = $2 "
        "WHERE enterprise = $1 AND valid_from < $2 AND (valid_to IS NULL OR valid_to > $2)",
        *(enterprise, at),
    )
    return int(done.split()[-1])


async def rename(conn: Connection, enterprise: str) -> None:
    """Make the worker read the enterprise's meter names again."""
    await change_partition(conn, await conn.fetchval("SELECT p FROM feed WHERE enterprise = $1", enterprise))


async def add_carrier(conn: Connection, carrier: str, name: str, unit: str) -> None:
    """Name an energy carrier (能源品种) and the unit its quantities are kept in. Idempotent."""
    await conn.execute(
        "INSERT INTO carrier (carrier, name, unit) VALUES ($1, $2, $3) "
        "ON CONFLICT (carrier) DO UPDATE SET name = excluded.name",
        *(carrier, name, unit),
    )


async def insert_series(conn: Connection, spec: SeriesSpec) -> tuple[int, int]:
    """Add a series to its enterprise's partition; returns (s, p). Raises LookupError for an unknown feed."""
    row = await conn.fetchrow(
        _INSERT_SERIES,
        *(spec.enterprise, spec.meter, spec.statistic_type, spec.carrier, spec.unit, spec.scope, spec.kind),
        *_counting(spec),
        *(spec.valid_from, spec.valid_to),
    )
    if row is None:
        raise LookupError(f"the enterprise {spec.enterprise!r} has no feed")
    return int(row["s"]), int(row["p"])


async def update_series(conn: Connection, s: int, spec: SeriesSpec, generation: int) -> None:
    """Make a series count by `spec` and end at its `valid_to`; the caller must lay its readings out again."""
    await conn.execute(
        """UPDATE series SET generation = $2, interval_seconds = $3, factor = $4, modulus = $5, capacity = $6,
               resolution = $7, sign = $8, valid_to = $9 WHERE s = $1""",
        *(s, generation, *_counting(spec), spec.valid_to),
    )


def _counting(spec: SeriesSpec) -> tuple[Any, ...]:
    """How it counts: interval, factor, modulus, capacity, resolution, sign, as the table has them."""
    return (
        spec.interval_seconds,
        plain(spec.ratio * spec.unit_factor),
        spec.starts_again_at,
        None if spec.capacity is None else plain(spec.capacity * spec.unit_factor),
        spec.resolution,
        -1 if spec.delivered else 1,
    )
