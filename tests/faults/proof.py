"""The ledger against the system: readings, receipts, sums, logs, streams, read-model, each counted for itself."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from nats.js import JetStreamContext, api
from sqlalchemy.ext.asyncio import create_async_engine

from deploy import topology
from services.energy.readings import audit
from shared.clock import SteppedClock
from shared.envelope import Envelope
from shared.event_log import EventLog
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.system import RECOVERY_S, Operator
from tests.kit.portal import ok
from tests.kit.servers import wait_for

SOURCES = tuple(service.name for service in topology.SERVICES if service.stream is not None)
_LOG = EventLog(SteppedClock(datetime(2013, 1, 1, tzinfo=UTC)))
K = TypeVar("K")
V = TypeVar("V")


@dataclass
class Proof:
    """Everything that was acknowledged is there once. `prove` after a fault; it waits for the recovery first."""

    operator: Operator
    load: Load
    ledger: Ledger

    async def prove(self) -> None:
        """Wait until the system is at rest and as before, then compare. AssertionError names the difference."""
        await self.operator.all_ready()
        await self.at_rest()
        await self.readings()
        await self.sums()
        await self.logs_and_streams()
        await self.read_model()
        await self.repeats()

    async def at_rest(self) -> None:
        """READINGS empty, every changed day published, every log in its stream and in the read-model."""
        await self._nothing_waits(self._waiting)

    async def worked(self) -> None:
        """READINGS empty, every changed day in energy's log, whatever becomes of that."""
        await self._nothing_waits(self._unworked)

    async def _nothing_waits(self, look: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        waiting: dict[str, Any] = {}

        async def quiet() -> bool:
            waiting.clear()
            try:
                waiting.update(await look())
            except Exception as error:  # a server that is still on its way
                waiting["error"] = repr(error)
            return not waiting

        await wait_for(quiet, RECOVERY_S, lambda: f"still waiting: {waiting}", every=0.1)

    async def _unworked(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if messages := (await self.operator.js.stream_info("READINGS")).state.messages:
            found["READINGS"] = messages
        async with self.operator.database("energy") as conn:
            if dirty := await conn.fetchval("SELECT count(*) FROM dirty"):
                found["days to publish"] = dirty
        return found

    async def _waiting(self) -> dict[str, Any]:
        found = await self._unworked()
        heads = await self.heads()
        applied = await self.applied()
        for source, head in heads.items():
            last = (await self.operator.js.stream_info(source.upper())).state.last_seq
            if not head == last == applied.get(source, 0):
                found[source] = f"log {head}, stream {last}, read-model {applied.get(source, 0)}"
        return found

    async def heads(self) -> dict[str, int]:
        """The last position of each log."""
        found = {}
        for source in SOURCES:
            async with self.operator.database(source) as conn:
                found[source] = await conn.fetchval("SELECT position FROM event_counter")
        return found

    async def applied(self) -> dict[str, int]:
        """The read-model's checkpoints."""
        async with self.operator.database("progress") as conn:
            schema = f"progress_v{await conn.fetchval('SELECT version FROM serving')}"
            rows = await conn.fetch(f"SELECT source, position FROM {schema}.checkpoint")
        return {row["source"]: row["position"] for row in rows}

    async def readings(self) -> None:
        """Every reading stored as it was sent, none besides; every receipt processed; each accepted once."""
        async with self.operator.database("energy") as conn:
            rows = await conn.fetch("SELECT x.meter, r.t, r.v FROM reading r JOIN series x USING (s)")
            receipts = await conn.fetch(
                "SELECT id, accepted, duplicate, revised, superseded, quarantined, parked FROM receipt"
            )
        same({(row["meter"], row["t"]): row["v"] for row in rows}, self.ledger.readings(), "readings")
        assert len(rows) == len(self.ledger.readings())
        known = {row["id"]: row for row in receipts}
        lost = [str(receipt) for receipt in self.ledger.receipts if receipt not in known]
        assert not lost, f"{len(lost)} receipts of {len(self.ledger.receipts)} were not processed: {lost[:3]}"
        for receipt, sent in self.ledger.receipts.items():
            row = known[receipt]
            assert row["accepted"] + row["duplicate"] == len(sent.readings), dict(row)
        assert sum(row["accepted"] for row in receipts) == len(rows), "a reading was accepted twice"
        assert not any(
            row[name] for row in receipts for name in ("revised", "superseded", "quarantined", "parked")
        )

    async def sums(self) -> None:
        """The enterprises' days: as the ledger adds them up, as stored, as last published; the store's own audit."""
        async with self.operator.database("energy") as conn:
            days = await conn.fetch("SELECT enterprise, day, native FROM ent_day")
            measured = await conn.fetch("SELECT enterprise, day, figures::text FROM measured_day")
            assert await audit.differences(conn) == []
        expected = self.ledger.energy()
        same(
            {(row["enterprise"], row["day"]): row["native"] * 10**6 for row in days}, expected, "days stored"
        )
        published = {(row["enterprise"], row["day"]): _native(row["figures"]) for row in measured}
        same(published, expected, "days published")

    async def logs_and_streams(self) -> None:
        """Each chain verifies; each stream tells its log: sequence = position, hash by hash; one event a command."""
        for source in SOURCES:
            await self._verify(source)
            rows, envelopes = await self._log_and_stream(source)
            assert [e.sequence for e in envelopes] == list(range(1, len(rows) + 1)), source
            hashes = [row["hash"].hex() for row in rows]
            assert [e.hash for e in envelopes] == hashes, source
            assert [e.previoushash for e in envelopes] == ["", *hashes][: len(hashes)], source
            if source == "projects":
                filed = sum(row["type"].startswith("MonthlyReport") for row in rows)
                assert filed == len(self.ledger.answers), "one event for each command that was answered"

    async def _log_and_stream(self, source: str) -> tuple[list[Any], list[Envelope]]:
        """Both as of one moment: a service may write by itself at any time, so they are read until they are as long."""

        async def both() -> tuple[list[Any], list[Envelope]] | None:
            async with self.operator.database(source) as conn:
                rows = await conn.fetch("SELECT position, type, hash FROM event ORDER BY position")
            envelopes = await stored(self.operator.js, source.upper())
            return (rows, envelopes) if len(rows) == len(envelopes) else None

        found = await wait_for(both, 30, f"{source.upper()} is as long as its log", every=0.1)
        assert found is not None
        return found

    async def _filed(self) -> int:
        async with self.operator.database("projects") as conn:
            found: int = await conn.fetchval("SELECT count(*) FROM event WHERE type LIKE 'MonthlyReport%'")
        return found

    async def _verify(self, source: str) -> None:
        url = f"postgresql+asyncpg://postgres:{self.operator.system.secrets.postgres}@{self.operator.system.urls.postgres}/{source}"
        engine = create_async_engine(url)
        async with engine.connect() as conn:
            found = await _LOG.verify(conn)
        await engine.dispose()
        assert found.broken_at is None, f"{source}: {found.reason} at {found.broken_at}"

    async def read_model(self) -> None:
        """The board's figure is the ledger's sum; each enterprise-day counts once, with its last figure."""
        figure = ok(await self.load.portal.province.get("/progress/figures/TR-1"))["figure"]
        assert Decimal(figure["value"] or 0) == self.ledger.investment()
        async with self.operator.database("progress") as conn:
            schema = f"progress_v{await conn.fetchval('SELECT version FROM serving')}"
            rows = await conn.fetch(
                f"SELECT key, value FROM {schema}.contribution c WHERE measure = 'energy_day' AND NOT EXISTS "
                f"(SELECT FROM {schema}.contribution n WHERE n.source = c.source AND n.supersedes = c.position)"
            )
        async with self.operator.database("energy") as conn:
            told = await conn.fetch(
                "SELECT enterprise || ':' || day AS key, (figures->>'tce_equal')::numeric AS value FROM measured_day"
            )
        assert len(rows) == len(told), "an enterprise-day counts twice"
        same(
            {r["key"]: r["value"] for r in rows},
            {r["key"]: r["value"] for r in told},
            "days in the read-model",
        )

    async def repeats(self) -> None:
        """A command that was answered, sent again, gets the same answer, and nothing is filed once more."""
        before = await self._filed()
        for answered in self.ledger.answers[-2:]:
            again = await self.load.repeat(answered.path, answered.key, answered.region, answered.body)
            assert again == answered.answer
        assert await self._filed() == before


async def stored(js: JetStreamContext, stream: str) -> list[Envelope]:
    """Everything in a domain stream, in order."""
    if (await js.stream_info(stream)).state.messages == 0:
        return []
    config = api.ConsumerConfig(ack_policy=api.AckPolicy.NONE, mem_storage=True)
    subscription = await js.subscribe("", stream=stream, config=config, pending_msgs_limit=-1)
    found: list[Envelope] = []
    async for message in subscription.messages:
        envelope = Envelope.decode(message.data)
        assert envelope.sequence == message.metadata.sequence.stream
        found.append(envelope)
        if message.metadata.num_pending == 0:
            break
    await subscription.unsubscribe()
    return found


def same(found: Mapping[K, V], expected: Mapping[K, V], what: str) -> None:
    """Nothing missing, nothing besides, nothing different; a few of each in the message."""
    missing = [key for key in expected if key not in found]
    besides = [key for key in found if key not in expected]
    other = [
        (key, found[key], value) for key, value in expected.items() if key in found and found[key] != value
    ]
    wrong: dict[str, list[Any]] = {"missing": missing, "besides": besides, "different": other}
    told = {name: (len(each), each[:3]) for name, each in wrong.items() if each}
    assert not told, f"{what}: {told}"


def _native(figures: str) -> int:
    (carrier,) = json.loads(figures, parse_float=Decimal)["carriers"]
    return int(Decimal(carrier["native"]) * 10**6)
