"""PostgreSQL away, cut off, or refusing: deadlocks, serialization failures, a full disk."""

import contextlib
from collections.abc import AsyncIterator
from itertools import product

import pytest

from tests.faults.moving import felt, moving, recovered
from tests.faults.proof import Proof
from tests.faults.rounds import LONG, ROUNDS
from tests.faults.system import Operator
from tests.kit.servers import wait_for

TOLD_TO_COME_AGAIN = 600 if LONG else 20
"""So often callers hear it while PostgreSQL is down: about a minute long, or two seconds."""

WRITES = {
    "energy": ("receipt", "measured_day", "event"),
    "projects": ("event", "command"),
    "progress": ("{schema}.contribution", "{schema}.checkpoint"),
}
"""Where each service's transaction is hit: the worker's batch, the flusher's, commands, the projection's."""

_REFUSE = """
CREATE SEQUENCE public.fault_count;
GRANT USAGE ON SEQUENCE public.fault_count TO PUBLIC;
CREATE FUNCTION public.fault() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    -- A sequence counts what is rolled back, too: the first {times} times fail, then it works.
    IF nextval('public.fault_count') <= {times} THEN
        RAISE EXCEPTION 'fault on purpose' USING ERRCODE = '{state}';
    END IF;
    RETURN NEW;
END $$;
"""


@contextlib.asynccontextmanager
async def refusing(operator: Operator, service: str, state: str, times: int) -> AsyncIterator[None]:
    """While it lasts, the service's writes fail with that SQLSTATE, `times` times; AssertionError if fewer did."""
    async with operator.database(service) as conn:
        schema = ""
        if service == "progress":
            schema = f"progress_v{await conn.fetchval('SELECT version FROM serving')}"
        tables = [table.format(schema=schema) for table in WRITES[service]]
        await conn.execute(_REFUSE.format(times=times, state=state))
        for table in tables:
            await conn.execute(
                f"CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION fault()"
            )
        try:
            yield

            async def spent() -> bool:
                return await conn.fetchval("SELECT last_value > $1 FROM public.fault_count", times)

            await wait_for(spent, 120, f"{service} has met {times} refusals")
        finally:
            for table in tables:
                await conn.execute(f"DROP TRIGGER fault ON {table}")
            await conn.execute("DROP FUNCTION public.fault; DROP SEQUENCE public.fault_count")


DEADLOCK, SERIALIZATION, DISK_FULL = "40P01", "40001", "53100"
STATES = (DEADLOCK, SERIALIZATION, DISK_FULL)
PAIRS = list(product(WRITES, STATES)) if LONG else list(zip(WRITES, STATES, strict=True))


@pytest.mark.parametrize(("service", "state"), PAIRS)
async def test_transactions_that_are_refused(proof: Proof, service: str, state: str) -> None:
    """Rolled back as a whole, done again: by the service itself, or by the caller who was told to come again."""
    await moving(proof)
    async with refusing(proof.operator, service, state, 6):
        await moving(proof)
    await recovered(proof)


async def test_every_connection_cut_again_and_again(proof: Proof) -> None:
    """pg_terminate_backend on everybody, while they write."""
    await moving(proof)
    for _ in range(5 * ROUNDS):
        async with proof.operator.database() as conn:
            cut = await conn.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        assert cut > 0
        await moving(proof, receipts=1, answers=1)
    await recovered(proof)


async def test_postgres_down_for_a_while(proof: Proof) -> None:
    """Readings are still taken (credentials are remembered for a while); commands are told to come again."""
    await moving(proof)
    await proof.operator.supervisor.stop_one("postgres")
    await felt(proof, TOLD_TO_COME_AGAIN)
    await proof.operator.supervisor.start_one("postgres")
    await recovered(proof)
