"""What the benchmark prints last is held here too: nothing lost, nothing doubled. Its times are never a test."""

from bench.balance import Ledger, committed
from bench.quick import FIRST_T, quick_loads
from bench.system import System
from bench.traffic import Load, Sender, build, distinct


async def test_every_reading_of_a_quick_run_is_stored_once_and_summed() -> None:
    async with System.running(small_servers=True) as system:
        await system.register(4, 20)
        ledger = Ledger([])
        for load, connections, new in quick_loads(system.senders, readings=4_000):
            sent = await system.send(load, connections=connections)
            assert sent.total >= distinct(load)
            assert len(await committed(system, sent)) == len(sent.receipts)
            ledger.add(sent, new)
        balance = await ledger.balance(system)
        assert balance.receipts == balance.posts
        assert (balance.lost, balance.doubled) == (0, 0), balance.lines()
        assert balance.quarantined == 0
        # The load was as bad as it says, or the balance would prove little.
        assert balance.duplicate > 4_000
        assert balance.revised + balance.superseded > 10


def test_a_dirty_load_holds_repeats_corrections_and_late_readings() -> None:
    clean = Load(tuple(_senders()), FIRST_T, 0, 40, meters=20, per_post=1)
    dirty = Load(
        tuple(_senders()),
        FIRST_T,
        0,
        40,
        meters=20,
        duplicate=0.05,
        revised=0.02,
        late=0.01,
        reported_at="2021-01-01T00:00:00Z",
    )
    readings = [sum(count for _, count in build(load)[0].posts) for load in (clean, dirty)]
    assert readings[0] == distinct(clean) == 800
    assert 800 < readings[1] < 900
    assert any(b"correction" in request for request, _ in build(dirty)[0].posts)


def _senders() -> list[Sender]:
    return [Sender("E", "E.secret", tuple(f"M{n}" for n in range(20)))]
