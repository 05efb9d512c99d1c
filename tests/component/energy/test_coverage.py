"""Online monitoring (EN-14): same-day data, backfill, silence, on the real database."""

import asyncio

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError

from services.energy.common.system import came_second
from services.energy.monitoring.coverage.views import TABLE as COVERAGE_DAY
from services.energy.monitoring.watch import CoverageWatch
from services.energy.readings.backlog import Settled
from tests.component.energy.conftest import FUZHOU, OPS, XIAMEN, NothingWaits, Service, day, local
from tests.kit.servers import wait_for


async def _verdicts(service: Service) -> list[tuple[str, bool, str]]:
    events = await service.events("CoverageChanged")
    return [
        (e.data["day"], e.data["online"], e.data["reason"]) for e in events if e.data["day"] >= "2013-01-14"
    ]


async def test_g10_backfill_completes_a_day_and_never_makes_it_online(mill: Service) -> None:
    """G-10: real-time data of day D that arrive on D+1 are not online; completeness counts them."""
    await mill.day_of_readings("2013-01-14", 1000, 25, received="2013-01-15 08:30")
    await mill.watch.sweep()
    await mill.flusher.sweep()
    assert await _verdicts(mill) == [("2013-01-14", False, "no_same_day_data")]
    (measured,) = await mill.measured()
    assert measured["completeness"] == "1.0000"
    assert await mill.watch.sweep() == 0


async def test_a_day_is_online_from_its_first_reading_of_the_same_day(mill: Service) -> None:
    await mill.push([("2013-01-15 00:00", 3400), ("2013-01-15 00:15", 3425)])
    await mill.watch.sweep()
    assert await _verdicts(mill) == [
        ("2013-01-14", False, "no_same_day_data"),
        ("2013-01-15", True, "same_day_data"),
    ]
    mill.clock.set(local("2013-01-16 00:00"))
    await mill.watch.sweep()
    assert len(await _verdicts(mill)) == 2
    found = await mill.ask(FUZHOU, "coverage", day="2013-01-15")
    assert (found["key_users"], found["online"], found["items"][0]["online"]) == (1, 1, True)
    assert (await mill.ask(XIAMEN, "coverage", day="2013-01-15"))["key_users"] == 0
    listed = await mill.ask(OPS, "list-enterprises", key_user_year=2013, online=True)
    assert [one["enterprise"] for one in listed["items"]] == ["MILL"]


async def test_an_unfinished_day_without_data_is_not_judged(mill: Service) -> None:
    await mill.watch.sweep()
    assert [day for day, _, _ in await _verdicts(mill)] == ["2013-01-14"]


async def test_data_of_the_day_that_are_worked_off_after_the_verdict_correct_it(mill: Service) -> None:
    watch = mill.watch
    await watch.sweep()
    await mill.push([("2013-01-14 20:00", 1000)], received="2013-01-14 20:01")
    await watch.sweep()
    assert await _verdicts(mill) == [
        ("2013-01-14", False, "no_same_day_data"),
        ("2013-01-14", True, "same_day_data_processed_late"),
    ]
    streams = [(e.stream, e.version) for e in await mill.events("CoverageChanged")][-2:]
    assert streams == [("coverage-MILL-2013-01-14", 1), ("coverage-MILL-2013-01-14", 2)]


class Behind(NothingWaits):
    """A worker that is down."""

    def __init__(self) -> None:
        self.up = False

    async def worked_off(self, sequence: int) -> bool:
        return self.up


async def test_while_the_worker_is_down_nobody_is_judged(mill: Service) -> None:
    backlog = Behind()
    watch = CoverageWatch(mill.energy, Settled(backlog, mill.clock))
    assert await watch.sweep() == 0
    mill.clock.set(local("2013-01-17 00:00"))
    await mill.push([("2013-01-16 20:00", 1000)], received="2013-01-16 20:01")
    assert await watch.sweep() == 0
    backlog.up = True
    await watch.sweep()
    # The moment asked for first was the 15th: the 16th isn't over as of then.
    assert [day for day, _, _ in await _verdicts(mill)] == ["2013-01-14"]
    await watch.sweep()
    assert (await _verdicts(mill))[1:] == [
        ("2013-01-15", False, "no_same_day_data"),
        ("2013-01-16", True, "same_day_data"),
    ]


async def test_a_feed_falls_silent_and_resumes(mill: Service) -> None:
    await mill.push([("2013-01-15 12:00", 1000)])
    watch = mill.watch
    await watch.sweep()
    assert await mill.events("FeedSilent") == []
    mill.clock.set(local("2013-01-15 13:59"))
    await watch.sweep()
    assert await mill.events("FeedSilent") == []
    mill.clock.set(local("2013-01-15 14:00"))
    await watch.sweep()
    await watch.sweep()
    (silent,) = await mill.events("FeedSilent")
    assert (silent.data["since"], silent.data["at"]) == ("2013-01-15T04:00:00Z", "2013-01-15T06:00:00Z")
    detail = await mill.ask(FUZHOU, "get-enterprise", enterprise="MILL")
    assert detail["feed"]["silent_since"] == "2013-01-15T04:00:00Z"
    mill.clock.set(local("2013-01-15 15:00"))
    await mill.push([("2013-01-15 15:00", 1100)])
    await watch.sweep()
    (resumed,) = await mill.events("FeedResumed")
    assert (resumed.data["since"], resumed.data["at"]) == ("2013-01-15T04:00:00Z", "2013-01-15T07:00:00Z")
    assert (resumed.stream, resumed.version) == ("feed-MILL", 2)


async def test_a_meter_that_never_spoke_is_silent_since_it_should_have(mill: Service) -> None:
    await mill.watch.sweep()
    (silent,) = await mill.events("FeedSilent")
    assert silent.data["since"] == "2012-12-31T16:00:00Z"


async def test_who_is_on_no_list_is_not_judged_but_its_feed_is_watched(service: Service) -> None:
    await service.enterprise()
    await service.meter()
    await service.watch.sweep()
    assert await service.events("CoverageChanged") == []
    assert len(await service.events("FeedSilent")) == 1


async def test_a_list_that_comes_late_is_judged_from_the_start_of_its_year(service: Service) -> None:
    await service.enterprise()
    await service.meter()
    watch = service.watch
    await service.push([("2013-01-03 10:00", 1000)], received="2013-01-03 10:00")
    await watch.sweep()
    await service.key_users(MILL="12120")
    await watch.sweep()
    verdicts = {e.data["day"]: e.data["online"] for e in await service.events("CoverageChanged")}
    assert len(verdicts) == 14
    assert [day for day, online in verdicts.items() if online] == ["2013-01-03"]


async def test_without_a_new_list_the_old_one_stays_in_force(mill: Service) -> None:
    mill.clock.set(local("2014-01-02 00:00"))
    await mill.watch.sweep()
    assert (await mill.events("CoverageChanged"))[-1].data["day"] == "2014-01-01"


async def test_between_two_looks_at_all_only_silent_feeds_are_read(
    mill: Service,
) -> None:
    """Every two seconds all enterprises were read. Silence and its end are told at the same moments all the same."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def looks_at_all() -> int:
        return sum("LEFT JOIN feed_state" in statement for statement in asked)

    event.listen(mill.engine.sync_engine, "before_cursor_execute", note)
    watch = mill.watch
    await mill.push([("2013-01-15 08:00", 3400)], received="2013-01-15 08:00")
    mill.clock.set(local("2013-01-15 08:05"))
    await watch.sweep()
    assert looks_at_all() == 1
    for minute in (6, 7, 8):
        mill.clock.set(local(f"2013-01-15 08:{minute:02d}"))
        await watch.sweep()
    assert looks_at_all() == 1
    mill.clock.set(local("2013-01-15 10:01"))
    await watch.sweep()
    assert [e.type for e in await mill.events("FeedSilent", "FeedResumed")] == ["FeedSilent"]
    before = looks_at_all()
    await mill.push([("2013-01-15 10:01", 3500)], received="2013-01-15 10:02")
    mill.clock.set(local("2013-01-15 10:03"))
    await watch.sweep()
    assert [e.type for e in await mill.events("FeedSilent", "FeedResumed")][-1] == "FeedResumed"
    assert looks_at_all() == before


async def test_of_two_watches_that_meet_the_second_writes_nothing_and_is_no_fault(mill: Service) -> None:
    """Both have found the day unjudged. The second waits for the row of the first, and finds it there."""
    verdict = {
        "enterprise": "MILL",
        "day": day("2013-01-14"),
        "region": "350181",
        "online": False,
        "reason": "no_same_day_data",
        "version": 1,
    }
    waiting = text("""
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    """)

    async def waits() -> bool:
        async with mill.engine.connect() as conn:
            return bool(await conn.scalar(waiting))

    async with mill.engine.connect() as first:
        await first.execute(insert(COVERAGE_DAY), verdict)
        second = asyncio.create_task(mill.watch.sweep())
        await wait_for(waits, what="the second watch waits for the first")
        await first.commit()
    with pytest.raises(IntegrityError) as met:
        await second
    assert came_second(met.value)
    assert await mill.events("CoverageChanged") == []
    assert not came_second(IntegrityError("", {}, Exception("a key of another table")))
