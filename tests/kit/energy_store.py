"""A readings store on a real database, and its whole content in the oracle's words."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import asyncpg

from services.energy.common.conversion import Basis, Coefficient
from services.energy.readings import coefficients, ranks, reference, revise
from services.energy.readings.batch import BatchStep, Done
from services.energy.readings.wire import Post, column, index_column, stamp
from tests.kit.energy_oracle import Expected, Meter, Read

MIDNIGHT = 1_356_969_600
"""2013-01-01 00:00 in +08:00."""
LONG_AGO = datetime(2000, 1, 2, tzinfo=UTC)
_numbers = itertools.count()


def at(text: str) -> int:
    """Epoch seconds of a local time of 2013, "01-05 04:45"."""
    local = datetime.strptime(f"2013-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return int(local.timestamp()) - 8 * 3600


def moment(t: int) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(t, UTC)


@dataclass
class Store:
    """One database, with the batch steps that write to it."""

    conn: asyncpg.Connection
    steps: dict[int, BatchStep] = field(default_factory=dict)
    now: datetime = datetime(2014, 6, 1, tzinfo=UTC)
    sequence: int = 0

    async def carrier(self, carrier: str = "electricity", unit: str = "kWh") -> None:
        """Name a carrier."""
        await reference.add_carrier(self.conn, carrier, carrier, unit)

    async def coefficient(self, value: str, basis: Basis = Basis.EQUAL, **more) -> int:
        """Publish a coefficient of electricity, valid 2008-06-01 to 2021-03-31 unless said."""
        fields = {
            "id": 0,
            "carrier": "electricity",
            "edition": "GB/T 2589-2008",
            "valid_from": date(2008, 6, 1),
            "valid_to": date(2021, 3, 31),
            "recorded_at": self.now,
            **more,
        }
        async with self.conn.transaction():
            return await coefficients.publish(
                self.conn, Coefficient(basis=basis, value=Decimal(value), **fields), "test", self.now
            )

    async def feed(self, enterprise: str) -> int:
        """Let an enterprise send; its partition."""
        async with self.conn.transaction():
            return await reference.add_feed(self.conn, enterprise, "350100")

    async def meter(self, meter: Meter, **more) -> None:
        """Register a meter with its enterprise."""
        await self.feed(meter.enterprise)
        await self.carrier(meter.carrier)
        spec = spec_of(meter, **more)
        async with self.conn.transaction():
            await revise.open_meter(self.conn, spec, self.now)

    async def push(
        self,
        readings: Sequence[Read],
        *,
        enterprise: str = "e1",
        received_at: datetime | None = None,
        receipt: UUID | None = None,
        **more,
    ) -> Done:
        """Run one batch of one POST; readings without a rank take the next places in the queue."""
        one = post(
            readings,
            enterprise=enterprise,
            received_at=received_at or self.now,
            receipt=receipt,
            place=self._place(),
            **more,
        )
        return await self.run([one], await self.partition(enterprise))

    def _place(self) -> int:
        """The next message's."""
        self.sequence += 1
        return ranks.place(0, self.sequence)

    async def run(self, posts: Sequence[Post], p: int) -> Done:
        """Run one batch of a partition. POSTs that no message has brought yet are one."""
        stamp(posts, self._place())
        step = self.steps.setdefault(p, BatchStep(p))
        return await step.run(self.conn, posts, self.now)

    async def partition(self, enterprise: str) -> int:
        """An enterprise's partition (0 if nobody knows it)."""
        return await self.conn.fetchval("SELECT p FROM feed WHERE enterprise = $1", enterprise) or 0

    async def content(self, enterprise: str) -> Expected:
        """Everything the store holds of an enterprise."""
        found, result = await self._rows(enterprise), Expected()
        for row in found["reading"]:
            result.reading[row["meter"], row["t"]] = (row["rk"], row["v"])
        counting = {(name, t, v) for (name, t), (_, v) in result.reading.items()}
        result.history = {(r["meter"], r["t"], r["v"]) for r in found["history"]} - counting
        result.irregular = {
            (r["meter"], r["t0"], r["t"], r["reason"], Fraction(r["e"])) for r in found["irregular"]
        }
        result.meter_hour = {(r["meter"], r["h"]): Fraction(r["e"]) for r in found["meter_hour"] if r["e"]}
        names = ("native", "over_gaps", "present", "parked", "parked_intervals")
        for r in found["hour"]:
            if any(values := tuple(r[name] for name in names)):
                result.hour[enterprise, r["carrier"], r["h"]] = values
        return result

    async def _rows(self, enterprise: str) -> dict[str, list[asyncpg.Record]]:
        of = "JOIN series x USING (s) WHERE x.enterprise = $1"
        queries = {
            "reading": f"SELECT x.meter, r.* FROM reading r {of}",
            "history": f"SELECT x.meter, r.* FROM history r {of}",
            "irregular": f"SELECT x.meter, r.* FROM irregular r {of}",
            "meter_hour": f"""SELECT meter, h, sum(e) AS e FROM (
                SELECT x.meter, (r.t - 1) / 3600 AS h, r.e * x.step AS e FROM reading r {of}
                UNION ALL SELECT x.meter, r.h, r.e * x.step FROM spill r {of}) parts GROUP BY meter, h""",
            "hour": "SELECT * FROM ent_hour WHERE enterprise = $1",
        }
        return {name: await self.conn.fetch(query, enterprise) for name, query in queries.items()}


def spec_of(meter: Meter, **more) -> reference.SeriesSpec:
    """The oracle's meter as the registry would register it."""
    fields = {
        "meter": meter.name,
        "enterprise": meter.enterprise,
        "carrier": meter.carrier,
        "unit": "kWh",
        "kind": "register" if meter.register else "interval",
        "valid_from": LONG_AGO,
        "ratio": meter.factor,
        "digits": None if meter.modulus is None else len(str(meter.modulus // 10**6)) - 1,
        "capacity": meter.capacity,
        "interval_seconds": meter.slot,
        "scope": meter.scope,
        **more,
    }
    return reference.SeriesSpec(**fields)


def post(
    readings: Iterable[Read],
    *,
    enterprise: str = "e1",
    received_at: datetime,
    receipt: UUID | None = None,
    place: int = 0,
    **more,
) -> Post:
    """The POST that holds these readings; those without a rank take the places from `place` on."""
    rows = list(readings)
    meters = sorted({reading.meter for reading in rows})
    return Post(
        receipt=(receipt or uuid4()).bytes,
        enterprise=enterprise,
        received_at=int(received_at.timestamp()) * 1_000_000,
        meters=meters,
        which=index_column([meters.index(reading.meter) for reading in rows]),
        t=column([reading.t for reading in rows]),
        v=column([reading.v for reading in rows]),
        ranks=column([place + n if row.rank is None else row.rank for n, row in enumerate(rows)]),
        **more,
    )


def quarter_hours(meter: str, start: int, registers: Iterable[int]) -> list[Read]:
    """Readings every quarter of an hour from `start` on."""
    return [Read(meter, start + 900 * n, v) for n, v in enumerate(registers)]


def fresh(name: str = "e") -> str:
    """A name that no other test has used."""
    return f"{name}{next(_numbers)}"
