"""The chain: whoever changes what is recorded is found out, and the runtime role can't even try."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import SystemClock
from shared.event_log import EventLog, NewEvent, StreamWrite, Verification
from tests.integration.event_log.conftest import NOON, Ledger, happened


async def verify(ledger: Ledger, after: int = 0) -> Verification:
    async with ledger.engine.connect() as conn:
        return await ledger.log.verify(conn, after, batch=2)


async def execute(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as conn:
        for statement in statements:
            await conn.exec_driver_sql(statement)


async def test_a_log_that_nobody_touched_verifies_from_anywhere(ledger: Ledger) -> None:
    assert (await verify(ledger)).checked == 0
    for stream in "abcde":
        await ledger.commit(stream)
    whole, tail = await verify(ledger), await verify(ledger, after=3)
    assert (whole.checked, whole.position, whole.broken_at) == (5, 5, None)
    assert (tail.checked, tail.position, tail.broken_at) == (2, 5, None)
    assert whole.hash == tail.hash
    assert (await verify(ledger, after=9)).reason == "the log ends before this position"


async def test_the_exact_text_is_chained_whatever_it_holds(ledger: Ledger) -> None:
    odd = {"text": '福州市\u2028"quoted" \\ \x1f \'; DROP', "n": 1.0, "big": 2**60, "none": None, "a": [{}]}
    async with ledger.engine.begin() as conn:
        await ledger.log.append(
            conn, [StreamWrite("odd:350100", 0, [NewEvent("Odd", 1, odd, NOON)])], {"k": "\x1f\n"}
        )
    stored = (await ledger.all())[0]
    assert (stored.data, stored.metadata["k"]) == (odd, "\x1f\n")
    assert (await verify(ledger)).broken_at is None


@pytest.mark.parametrize(
    ("deed", "found_at", "reason"),
    [
        ("UPDATE event SET data = '{\"n\":9}' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET data = '{ \"n\":1}' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET metadata = '{}' WHERE position = 1", 1, "changed"),
        ("UPDATE event SET type = 'Other' WHERE position = 5", 5, "changed"),
        ("UPDATE event SET occurred_at = occurred_at - interval '1 day' WHERE position = 2", 2, "changed"),
        ("UPDATE event SET recorded_at = recorded_at - interval '1 us' WHERE position = 2", 2, "changed"),
        ("DELETE FROM event WHERE position = 2", 2, "position 2 is missing"),
        ("DELETE FROM event WHERE position = 5", 5, "the log ends at 4"),
        ("UPDATE event_counter SET position = 7", 6, "the counter says 7"),
        (
            "UPDATE event SET stream = CASE position WHEN 1 THEN 'z' ELSE stream END WHERE position < 3",
            1,
            "changed",
        ),
    ],
)
async def test_who_tampers_as_the_owner_is_found_out(
    ledger: Ledger, deed: str, found_at: int, reason: str
) -> None:
    for stream in "abcde":
        await ledger.commit(stream)
    await execute(ledger.owner, deed)
    found = await verify(ledger)
    assert found.broken_at == found_at
    assert reason in found.reason


async def test_who_swaps_two_events_is_found_out(ledger: Ledger) -> None:
    for stream in "abc":
        await ledger.commit(stream)
    await execute(
        ledger.owner,
        "UPDATE event SET position = -2 WHERE position = 2",
        "UPDATE event SET position = 2 WHERE position = 3",
        "UPDATE event SET position = 3 WHERE position = -2",
    )
    assert (await verify(ledger)).broken_at == 2


async def test_who_rewrites_the_rest_of_the_chain_changes_the_head_that_others_hold(ledger: Ledger) -> None:
    """Within the database a whole forged tail is consistent: this is why the head is kept outside, too."""
    for stream in "abc":
        await ledger.commit(stream)
    known_outside = (await verify(ledger)).hash
    await execute(ledger.owner, "UPDATE event SET data = '{}' WHERE position = 2")
    await execute(
        ledger.owner,
        """DO $$ DECLARE e event; h bytea; BEGIN
             SELECT hash INTO h FROM event WHERE position = 1;
             FOR e IN SELECT * FROM event WHERE position > 1 ORDER BY position LOOP
               h := sha256(h || int8send(e.position) || event_digest(e.stream, e.version, e.type,
                    e.schema_version, e.occurred_at, e.recorded_at, e.data::text, e.metadata::text));
               UPDATE event SET hash = h WHERE position = e.position;
             END LOOP;
             UPDATE event_counter SET hash = h;
           END $$""",
    )
    forged = await verify(ledger)
    assert forged.broken_at is None
    assert forged.hash != known_outside


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE event SET data = '{}'",
        "DELETE FROM event",
        "TRUNCATE event",
        "INSERT INTO event SELECT 99, 'x', 1, type, 1, data, metadata, occurred_at, recorded_at, hash FROM event",
        "UPDATE event_counter SET position = 0",
        "DELETE FROM event_counter",
        "ALTER TABLE event ADD COLUMN more int",
        "DROP TABLE event",
        "CREATE TABLE mine (a int)",
        "UPDATE command SET answer = '{}'",
        "CREATE OR REPLACE FUNCTION event_digest() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
async def test_the_runtime_role_can_only_append(ledger: Ledger, deed: str) -> None:
    await ledger.commit("a")
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        await execute(ledger.engine, deed)
    assert len(await ledger.all()) == 1


async def test_recorded_time_never_goes_back_although_the_clock_does(ledger: Ledger) -> None:
    await ledger.commit("a")
    behind = EventLog(SystemClockAt(NOON - timedelta(hours=1)))
    async with ledger.engine.begin() as conn:
        appended = await behind.append(conn, [StreamWrite("b", 0, [happened()])], {})
    assert appended.recorded_at == NOON
    ledger.clock.set(NOON + timedelta(seconds=1))
    assert (await ledger.commit("c")).recorded_at == NOON + timedelta(seconds=1)
    times = [event.recorded_at for event in await ledger.all()]
    assert times == sorted(times)
    assert (await verify(ledger)).broken_at is None


class SystemClockAt(SystemClock):
    """A machine whose clock is wrong."""

    def __init__(self, moment: object) -> None:
        self._moment = moment

    def now(self):
        return self._moment


async def test_what_a_stepped_clock_recorded_is_marked_and_nothing_else(ledger: Ledger) -> None:
    await ledger.commit("simulated")
    async with ledger.engine.begin() as conn:
        await EventLog(SystemClock()).append(conn, [StreamWrite("real", 0, [happened()])], {})
    simulated, real = await ledger.all()
    assert simulated.metadata == {"actor": "test", "simulated": True}
    assert real.metadata == {}


async def test_when_it_happened_and_when_it_was_recorded_are_two_times(ledger: Ledger) -> None:
    happened_at = NOON - timedelta(days=30, microseconds=1)
    async with ledger.engine.begin() as conn:
        await ledger.log.append(
            conn, [StreamWrite("late", 0, [NewEvent("Happened", 1, {}, happened_at)])], {}
        )
    event = (await ledger.all())[0]
    assert (event.occurred_at, event.recorded_at) == (happened_at, NOON)
