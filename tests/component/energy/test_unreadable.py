"""A message that nobody could read is looked at, acknowledged with who and why, and its alert ends."""

import asyncpg
import pytest

from services.energy import unreadable
from services.energy.quarantine import depth
from shared.database import runtime_engine
from tests.conftest import DatabaseFactory


async def test_an_acknowledged_message_stays_and_is_counted_no_more(database: DatabaseFactory) -> None:
    made = await database("energy")
    worker = await asyncpg.connect(made.dsn_of("energy-worker"))
    keep = (
        "INSERT INTO undecodable (p, sequence, reason, body, quarantined_at) "
        "VALUES (0, $1, 'garbage', 'x', now())"
    )
    await worker.execute(keep, 7)
    engine = runtime_engine(made.url, application="t")
    try:
        await depth.look(engine)
        assert depth._unreadable == 1
        async with engine.begin() as conn:
            [line] = await unreadable.listed(conn)
            assert "sequence 7" in line
            assert "garbage" in line
            await worker.execute(keep, 8)  # it came while the list was being read: nobody has seen it
            assert (
                await unreadable.acknowledge(conn, "night-shift", "a test published it", int(line.split()[0]))
                == 1
            )
        await depth.look(engine)
        assert depth._unreadable == 1
    finally:
        await engine.dispose()
    [seen, other] = await worker.fetch("SELECT * FROM undecodable ORDER BY id")
    await worker.close()
    assert (seen["body"], seen["acknowledged_by"], seen["acknowledged_because"]) == (
        b"x",
        "night-shift",
        "a test published it",
    )
    assert other["acknowledged_at"] is None


def test_who_acknowledges_says_who_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        unreadable.parse(["--acknowledge", "--by", "night-shift"])
    assert "--reason" in capsys.readouterr().err
