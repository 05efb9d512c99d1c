"""Duties (报送义务) through the service's operations: the calendar, receipts, waivers, the follow-up."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from services.projects.duties.facts import stream as account_stream
from services.projects.duties.feature import HISTORY
from services.projects.duties.obligations import Obligation, with_known
from services.projects.duties.watch import DutyWatch
from services.projects.service import app_on
from shared.event_log import Event, EventLog, NewEvent, StreamWrite
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Reply
from tests.component.projects.conftest import (
    FUQING,
    FUZHOU,
    MILL,
    OPS,
    PROVINCE,
    XIAMEN,
    Service,
    local,
)

COLLEAGUE = Actor("province-colleague", "province", "350000")
Q1 = {"duty": "TR-18", "region": "350100", "period": "2013-Q1"}


async def commands_of(service: Service, subject: str) -> set[str]:
    """The ids of the commands that this actor has given."""
    async with service.engine.connect() as conn:
        found = await conn.execute(
            text("SELECT command_id FROM command WHERE actor = :actor"), {"actor": subject}
        )
        return set(found.scalars())


async def test_the_calendar_says_who_owes_what_by_when_and_how_it_stands(service: Service) -> None:
    service.clock.set(local(2013, 4, 2))
    await service.report("2013-02", "100000000")
    await service.ask(FUZHOU, "hand-in-duty", **Q1, evidence="榕储〔2013〕3号", received_on="2013-03-29")
    await service.ask(PROVINCE, "waive-duty", **{**Q1, "region": "350200"}, reason="台风")
    page = await service.ask(PROVINCE, "duty-calendar", last_due="2013-04-05")
    assert [(e["due_on"], e["duty"], e["region"], e["standing"], e["days_late"]) for e in page["items"]] == [
        ("2013-02-05", "TR-12", "350100", "missing", 56),
        ("2013-02-05", "TR-12", "350200", "missing", 56),
        ("2013-03-05", "TR-12", "350100", "late", 28),
        ("2013-03-05", "TR-12", "350200", "missing", 28),
        ("2013-03-31", "TR-18", "350100", "received", None),
        ("2013-03-31", "TR-18", "350200", "waived", None),
        ("2013-04-05", "TR-12", "350100", "not_due", None),
        ("2013-04-05", "TR-12", "350200", "not_due", None),
    ]
    assert page["counts"] == {"received": 1, "late": 1, "missing": 3, "waived": 1, "not_due": 2}
    missing = await service.ask(PROVINCE, "duty-calendar", standing="missing", duty="TR-12")
    assert [entry["period"] for entry in missing["items"]] == ["2013-01", "2013-01", "2013-02"]


async def test_a_page_ends_with_the_cursor_of_the_next(service: Service) -> None:
    whole = await service.ask(PROVINCE, "duty-calendar", limit=200)
    assert len(whole["items"]) == 2 * 12 + 2 * 4
    items, cursor = [], None
    while True:
        page = await service.ask(PROVINCE, "duty-calendar", limit=5, cursor=cursor)
        items += page["items"]
        assert page["counts"] == (None if cursor else whole["counts"])
        if (cursor := page["next_cursor"]) is None:
            break
    assert items == whole["items"]


async def test_a_later_page_finds_what_is_wanted_and_reads_no_further(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.clock.set(local(2013, 12, 6))
    whole = await service.ask(PROVINCE, "duty-calendar", standing="missing", limit=200)
    first = await service.ask(PROVINCE, "duty-calendar", standing="missing", limit=3)
    read: list[int] = []

    async def counted(conn: AsyncConnection, bare: Sequence[Obligation]) -> list[Obligation]:
        read.append(len(bare))
        return await with_known(conn, bare)

    monkeypatch.setattr("services.projects.duties.queries.with_known", counted)
    cursor = first["next_cursor"]
    second = await service.ask(PROVINCE, "duty-calendar", standing="missing", limit=3, cursor=cursor)
    assert first["items"] + second["items"] == whole["items"][:6]
    assert sum(read) < len(whole["items"])


async def test_each_sees_its_own_and_nobody_hands_in_for_another(service: Service) -> None:
    assert {e["region"] for e in (await service.ask(FUZHOU, "duty-calendar"))["items"]} == {"350100"}
    assert (await service.ask(FUQING, "duty-calendar"))["items"] == []
    assert (await service.refused(XIAMEN, "duty-calendar", region="350100")).status == 403
    assert (await service.refused(MILL, "duty-calendar")).status == 403
    for actor in (PROVINCE, XIAMEN, FUQING, MILL, OPS):
        assert (await service.refused(actor, "hand-in-duty", **Q1, evidence="x")).status == 403
    for actor in (FUZHOU, XIAMEN, OPS):
        assert (await service.refused(actor, "waive-duty", **Q1, reason="x")).status == 403
    assert (await service.refused(FUZHOU, "get-duty-account", duty="TR-18", region="350200")).status == 403


async def test_what_is_not_owed_or_carried_out_otherwise_is_refused_with_what_to_do(service: Service) -> None:
    for changes, code in (
        ({"duty": "TR-99"}, "unknown-duty"),
        ({"region": "999999"}, "unknown-region"),
        ({"period": "2013-04"}, "no-duty"),
        ({"duty": "TR-12", "period": "2013-01"}, "carried-by"),
        ({"received_on": "2013-01-16"}, "future-date"),
    ):
        problem = await service.refused(FUZHOU, "hand-in-duty", **{**Q1, "evidence": "x", **changes})
        assert problem.code == code
        assert problem.remedy or code == "future-date"


async def test_a_wrong_receipt_is_withdrawn_by_an_event_and_stays_in_the_history(service: Service) -> None:
    await service.ask(FUZHOU, "hand-in-duty", **Q1, evidence="错号", key="one")
    assert (await service.refused(FUZHOU, "hand-in-duty", **Q1, evidence="对号")).status == 409
    again = await service.ask(FUZHOU, "hand-in-duty", **Q1, evidence="错号", key="one")
    assert again["standing"] == "received"
    opened = await service.ask(FUZHOU, "withdraw-duty-entry", **Q1, reason="文号有误")
    assert (opened["standing"], opened["evidence"]) == ("not_due", None)
    await service.ask(FUZHOU, "hand-in-duty", **Q1, evidence="对号")
    account = await service.ask(PROVINCE, "get-duty-account", duty="TR-18", region="350100")
    assert [(e["type"], e["reason"], e["evidence"]) for e in account["history"]] == [
        ("DutyReceived", None, "错号"),
        ("DutyEntryWithdrawn", "文号有误", None),
        ("DutyReceived", None, "对号"),
    ]
    assert account["obligations"][0]["evidence"] == "对号"


async def test_a_day_that_the_plan_leaves_open_is_set_and_one_it_gives_is_not(service: Service) -> None:
    body = {"plan": "fujian-2013", "period": "2013-Q2", "due_on": "2013-06-20", "reason": "银企对接会之前"}
    assert (await service.refused(PROVINCE, "set-duty-day", duty="TR-18", **body)).code == "day-given"
    assert (await service.refused(FUZHOU, "set-duty-day", duty="TR-22", **body)).status == 403
    days = await service.ask(PROVINCE, "set-duty-day", duty="TR-22", **body)
    assert days["days"] == [{"period": "2013-Q2", "due_on": "2013-06-20"}]
    owed = (await service.ask(PROVINCE, "duty-calendar", duty="TR-22"))["items"]
    assert [(e["region"], e["due_on"]) for e in owed] == [
        ("350000", "2013-06-20"),
        ("350100", "2013-06-20"),
        ("350200", "2013-06-20"),
    ]
    moved = await service.ask(PROVINCE, "set-duty-day", duty="TR-22", **{**body, "due_on": "2013-06-25"})
    assert moved["days"] == [{"period": "2013-Q2", "due_on": "2013-06-25"}]
    (rule,) = (await service.ask(FUZHOU, "list-duties", duty="TR-22"))["items"]
    assert (rule["rule"], rule["roll"], rule["occasions"]) == ("configuration", "none", moved["days"])


async def test_the_follow_up_reminds_finds_missing_and_draws_the_consequence(service: Service) -> None:
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    assert await watch.sweep() == 0
    service.clock.set(local(2013, 1, 31))
    assert await watch.sweep() == 2  # both cities are reminded of January, five days before the 5th
    assert await watch.sweep() == 0
    service.clock.set(local(2013, 2, 4))
    await service.report("2013-01", "100000000", XIAMEN)
    assert await watch.sweep() == 1
    for day in (local(2013, 2, 6), local(2013, 3, 6)):
        service.clock.set(day)
        await watch.sweep()
    await service.report("2013-02", "100000000", XIAMEN)
    service.clock.set(local(2013, 4, 6))
    await watch.sweep()
    account = await service.ask(FUZHOU, "get-duty-account", duty="TR-12", region="350100")
    assert [(e["type"], e["period"]) for e in account["history"]] == [
        ("DutyReminded", "2013-01"),
        ("DutyReminded", "2013-01"),
        ("DutyMissed", "2013-01"),
        ("DutyMissed", "2013-02"),
        ("DutyMissed", "2013-03"),
        ("DutyConsequenceDrawn", "2013-03"),
    ]
    calendar = await service.ask(PROVINCE, "duty-calendar", duty="TR-12")
    assert calendar["consequences"] == [
        {
            "duty": "TR-12",
            "region": "350100",
            "region_name": "福州市",
            "first_period": "2013-01",
            "last_period": "2013-03",
            "periods": 3,
            "consequence": "named_in_bulletin",
            "drawn_on": "2013-04-06",
            "carried_out_on": None,
            "evidence": None,
            "lifted_on": None,
            "lift_reason": None,
        }
    ]
    event = (await service.events())[-1]
    assert event.metadata["actor"]["role"] == "system"
    assert await commands_of(service, "system:projects") == {
        "TR-12:350100:0:2013-01-31",
        "TR-12:350200:0:2013-01-31",
        "TR-12:350100:1:2013-02-04",
        "TR-12:350100:2:2013-02-06",
        "TR-12:350100:3:2013-03-06",
        "TR-12:350200:1:2013-03-06",
        "TR-12:350100:4:2013-04-06",
        "TR-12:350200:2:2013-04-06",
    }
    await service.report("2013-01", "100000000")
    (january,) = (await service.ask(FUZHOU, "duty-calendar", last_due="2013-02-05"))["items"]
    assert (january["standing"], january["days_late"], january["missed_on"]) == ("late", 60, "2013-02-06")


async def test_an_issued_document_is_read_once_for_the_consequences_that_wait(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    service.clock.set(local(2013, 4, 4))
    bulletin = {"document": "B-1", "kind": "monthly_bulletin", "period": "2013-03"}
    await service.ask(PROVINCE, "draft-document", **bulletin)
    await service.ask(COLLEAGUE, "review-document", document="B-1", outcome="passed")
    for day in (local(2013, 2, 6), local(2013, 3, 6), local(2013, 4, 6)):
        service.clock.set(day)
        await watch.sweep()
    await service.ask(PROVINCE, "issue-document", document="B-1")  # drafted before: it names nobody
    loaded, really = [], EventLog.load

    async def load(log: EventLog, conn: AsyncConnection, stream: str, after_version: int = 0) -> list[Event]:
        loaded.append(stream)
        return await really(log, conn, stream, after_version)

    monkeypatch.setattr(EventLog, "load", load)
    for _ in range(3):
        await watch.sweep()
    assert [stream for stream in loaded if stream.startswith("document:")] == ["document:B-1"]


async def test_only_somebody_faster_is_no_trouble_of_a_watch(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    service.clock.set(local(2013, 1, 31))
    problems = [
        Problem(409, "conflict", "Somebody else was faster", "x"),
        Problem(422, "no-rule", "No rule", "y"),
    ]

    async def refused(*_: object, **__: object) -> Reply:
        raise problems.pop(0)

    monkeypatch.setattr(type(HISTORY), "carry_out", refused)
    with capture_logs() as logs:
        await watch.sweep()
    told = [(each["event"], each["log_level"], each.get("problem")) for each in logs]
    assert told == [
        ("somebody else was faster", "info", None),
        ("duty not followed up", "warning", "no-rule"),
    ]


async def test_a_duty_may_be_planned_for_less_than_ten_years(service: Service) -> None:
    rule = {
        "duty": "D-1",
        "rows": ["D"],
        "name": "x",
        "term": "x",
        "kind": "report",
        "who": "x",
        "regions": ["prefecture"],
        "recurrence": "monthly",
        "first_period": "1900-01",
        "last_period": "2099-12",
        "due": {"rule": "end_of_period"},
        "source": "x",
        "confidence": "S",
    }
    problem = await service.refused(OPS, "load-plan", plan="long", duties=[rule])
    assert (problem.status, problem.code) == (422, "invalid")


async def test_what_a_newer_release_wrote_waits_for_it_and_holds_up_nothing_else(service: Service) -> None:
    """Two releases beside each other: the older one can't read one account, and goes on with the others."""
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    stream = account_stream("TR-12", "350100")
    async with service.engine.begin() as conn:
        newer = NewEvent("DutyExtended", 1, {"until": "2013-02-20"}, service.clock.now())
        await service.log.append(conn, [StreamWrite(stream, 0, [newer])], {})
    service.clock.set(local(2013, 1, 31))
    assert await watch.sweep() == 1  # Xiamen is reminded; Fuzhou's account is the newer release's
    assert {event.data["region"] for event in await service.events() if event.type == "DutyReminded"} == {
        "350200"
    }
    before = await service.events()
    problem = await service.refused(
        PROVINCE, "waive-duty", duty="TR-12", region="350100", period="2013-01", reason="台风"
    )
    assert (problem.status, problem.code, problem.retry_after) == (503, "newer-release", 5)
    assert "DutyExtended" in problem.detail
    assert await service.events() == before
