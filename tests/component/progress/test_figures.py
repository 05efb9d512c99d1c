"""From events in the streams to figures, now and as they were known then."""

from typing import Any

from sqlalchemy import text

from plans.loader import load_plan
from shared.identity import Actor
from tests.component.progress.world import Service, Sources, moment
from tests.kit.servers import wait_for
from tests.unit.progress.builders import plan_areas


async def test_reports_become_figures_of_the_city_and_the_province(service: Service, sources: Sources):
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await sources.report("350200", "2013-01", 20, moment("2013-02-05"))
    service.clock.set(moment("2013-02-06"))
    city = await service.figure("TR-6a", at_least=sources.positions)
    assert (city["value"], city["target_value"], city["unit"]) == ("50.0000", "660", "CNY_1e8")
    assert (city["completion"], city["pro_rata"], city["gap_points"]) == ("7.58", "8.33", "-0.76")
    assert (city["light"], city["rank"], city["simulated"]) == ("yellow", 2, True)
    assert city["fresh_at"] == "2013-02-04T01:00:00Z"
    province = await service.figure("TR-1")
    assert province["value"] == "70.0000"
    assert province["completeness"]["received"] == 2
    assert "350900:2013-01" in province["completeness"]["missing"]


async def test_events_may_come_before_the_plan_they_belong_to(service: Service, sources: Sources):
    """There is no order across services."""
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await service.caught_up(sources)
    await sources.plan(moment("2013-02-05"))
    assert (await service.figure("TR-6a", at_least=sources.positions))["value"] == "50.0000"


async def test_a_withdrawn_report_is_a_missing_month_in_figure_rank_and_evidence(
    service: Service, sources: Sources
):
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await sources.report("350200", "2013-01", 20, moment("2013-02-04"))
    await sources.withdraw("350100", "2013-01", moment("2013-02-05"))
    service.clock.set(moment("2013-02-06"))
    figure = await service.figure("TR-6a", at_least=sources.positions)
    assert (figure["value"], figure["rank"], figure["light"]) == (None, None, "grey")
    assert figure["rank_reason"] == "stands aside until it is reported: 2013-01"
    assert figure["completeness"]["missing"] == ["350100:2013-01"]
    assert ((await service.figure("TR-6b"))["rank"], (await service.figure("TR-1"))["value"]) == (
        1,
        "20.0000",
    )
    page = await service.ask("evidence", target="TR-6a")
    told = [
        (each["type"], each["value"], each["superseded_by"])
        for each in page["items"]
        if each["source"] == "projects"
    ]
    assert told == [("MonthlyReportFiled", "5000000000", 3), ("MonthlyReportWithdrawn", None, None)]
    before = await service.figure("TR-6a", as_of=moment("2013-02-04").isoformat())
    assert before["value"] == "50.0000"


async def test_as_of_shows_what_was_known_then(service: Service, sources: Sources):
    """X-16: a correction, a revised target and a late report change today's figure and no past one."""
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await sources.correct("350100", "2013-01", 80, moment("2013-03-10"))
    await sources.report("350100", "2013-02", 10, moment("2013-03-20"))
    target = next(
        e.data for e in sources.assessment.envelopes if e.type == "TargetSet" and e.data["target"] == "TR-6a"
    )
    revised = {**target, "value": "600", "previous_value": "660", "reason": "mid-year adjustment"}
    await sources.assessment.publish("TargetRevised", revised, moment("2013-04-01"))
    service.clock.set(moment("2013-04-02"))
    now = await service.figure("TR-6a", at_least=sources.positions)
    assert (now["value"], now["target_value"]) == ("90.0000", "600")

    async def then(day: str) -> tuple[str | None, str | None]:
        figure = await service.figure("TR-6a", as_of=moment(day).isoformat())
        return figure["value"], figure["target_value"]

    assert await then("2013-03-31") == ("90.0000", "660")
    assert await then("2013-03-15") == ("80.0000", "660")
    assert await then("2013-03-09") == ("50.0000", "660")
    assert await then("2013-02-03") == (None, "660")
    history = (await service.ask("figure", target="TR-6a", history="month"))["history"]
    assert [point["value"] for point in history] == [None, "50.0000", "90.0000", "90.0000"]
    assert (await service.problem("figure", target="TR-6a", as_of=moment("2013-01-20").isoformat()))[
        "status"
    ] == 404


async def test_the_future_is_not_known(service: Service, sources: Sources):
    problem = await service.problem("board", as_of="2099-01-01T00:00:00Z")
    assert (problem["status"], problem["where"]) == (422, "as_of")


async def test_evidence_names_the_events_and_marks_what_was_superseded(service: Service, sources: Sources):
    await sources.plan()
    await sources.report("350200", "2013-01", 7, moment("2013-02-01"))
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await sources.correct("350100", "2013-01", 80, moment("2013-03-10"))
    service.clock.set(moment("2013-03-11"))
    await service.caught_up(sources)
    page = await service.ask("evidence", target="TR-6a")
    reports = [item for item in page["items"] if item["source"] == "projects"]
    assert [(item["position"], item["superseded_by"]) for item in reports] == [(2, 3), (3, None)]
    assert [item["value"] for item in reports] == ["5000000000", "8000000000"]
    assert reports[1]["hash"] == sources.projects.envelopes[2].hash
    assert reports[1]["data"]["reason"] == "typing error"
    assert page["items"][0]["type"] == "TargetSet"
    then = await service.ask("evidence", target="TR-6a", as_of=moment("2013-03-01").isoformat())
    assert [i["superseded_by"] for i in then["items"] if i["source"] == "projects"] == [None]
    whole = await service.ask("evidence", target="TR-1")
    assert len([item for item in whole["items"] if item["source"] == "projects"]) == 3


async def test_evidence_comes_in_pages(service: Service, sources: Sources):
    await sources.plan()
    for month in range(1, 6):
        await sources.report("350100", f"2013-{month:02d}", 1, moment("2013-01-27"))
    await service.caught_up(sources)
    seen, cursor = [], None
    while True:
        page = await service.ask("evidence", target="TR-6a", limit=2, cursor=cursor)
        seen += [(item["source"], item["position"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["items"]) == 2
    assert len(seen) == 6
    assert seen == sorted(set(seen))
    assert (await service.problem("evidence", target="TR-6a", cursor="garbage"))["status"] == 422


async def test_energy_intensity_follows_its_statistics_through_a_census(service: Service, sources: Sources):
    await sources.plan()
    reported = {
        "indicator": "total_energy",
        "region": "350100",
        "period": "2013",
        "value": "20000000",
        "unit": "tce",
        "price_base": None,
        "basis": "equivalent",
        "source": "bulletin",
        "reported_on": "2014-03-01",
    }
    gdp = {
        **reported,
        "indicator": "gdp",
        "value": "400000000000",
        "unit": "CNY",
        "price_base": "2010",
        "basis": None,
    }
    await sources.assessment.publish("StatisticReported", reported, moment("2014-03-01"))
    await sources.assessment.publish("StatisticReported", gdp, moment("2014-03-02"))
    census = {**gdp, "value": "390000000000", "previous_value": gdp["value"], "reason": "economic census"}
    await sources.assessment.publish("StatisticRevised", census, moment("2014-12-20"))
    service.clock.set(moment("2015-01-01"))
    assert (await service.figure("EN-3a", at_least=sources.positions))["value"] == "0.513"
    before = await service.figure("EN-3a", as_of=moment("2014-12-01").isoformat())
    assert (before["value"], before["met"]) == ("0.500", True)
    early = await service.figure("EN-3a", as_of=moment("2014-03-01").isoformat())
    assert early["completeness"]["missing"] == ["gdp at 2010 prices:350100:2013"]


async def test_online_monitoring_goes_by_the_last_list_and_the_closed_day(service: Service, sources: Sources):
    await sources.plan()
    await sources.key_users(moment("2013-03-01"), steel=("350102", "10000"), paper=("350200", "9999"))
    await sources.judged("steel", "350102", "2013-05-06", True, moment("2013-05-06"))
    service.clock.set(moment("2013-05-07"))
    figure = await service.figure("EN-14", at_least=sources.positions)
    assert (figure["value"], figure["day"], figure["basis"]) == ("100.00", "2013-05-06", "equivalent")
    # A revised list replaces the first as a whole: steel is no longer on it.
    await sources.key_users(moment("2013-05-07"), 2, paper=("350200", "10000"), glass=("350102", "70000"))
    await sources.judged("glass", "350102", "2013-05-06", False, moment("2013-05-07"))
    figure = await service.figure("EN-14", at_least=sources.positions)
    assert figure["counts"] == {"designated": 2, "online_closed_day": 0, "online_now": 0}
    assert figure["lower_bound"] is True
    city = await service.figure("EN-14", region="350100")
    assert (city["id"], city["value"]) == ("fujian-2013/EN-14@350100", "0.00")
    past = await service.figure("EN-14", as_of=moment("2013-05-06", "23:00").isoformat())
    assert past["counts"]["designated"] == 1


async def test_a_breakdown_to_counties_replaces_the_one_before(service: Service, sources: Sources):
    """TR-7."""
    await sources.plan()
    part = {"target": "TR-6a:350102", "region": "350102", "name": "Gulou", "value": "100"}
    other = {"target": "TR-6a:350103", "region": "350103", "name": "Taijiang", "value": "80"}
    whole = {"plan": "fujian-2013", "target": "TR-6a", "region": "350100"}
    await sources.assessment.publish(
        "TargetDecomposed", {**whole, "parts": [part, other], "reason": None}, moment("2013-02-01")
    )
    await sources.assessment.publish(
        "TargetDecomposed",
        {**whole, "parts": [{**part, "value": "120"}], "reason": "merged"},
        moment("2013-02-10"),
    )
    service.clock.set(moment("2013-02-11"))
    figure = await service.figure("TR-6a:350102", at_least=sources.positions)
    assert (figure["target_value"], figure["level"], figure["unit"]) == ("120", "county", "CNY_1e8")
    assert (await service.problem("figure", target="TR-6a:350103"))["status"] == 404
    past = await service.figure("TR-6a:350103", as_of=moment("2013-02-05").isoformat())
    assert past["target_value"] == "80"
    xiamen = Actor("c", "city", "350200")
    assert (await service.problem("figure", xiamen, target="TR-6a:350102"))["status"] == 404


async def test_targets_without_a_measure_say_so(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    page = await service.ask("targets-status")
    targets = load_plan("fujian-2013").parts()["assessment"]["targets"]
    without = {each["target"] for each in targets if each.get("measure") is None}
    assert without
    totals = page["totals"]
    assert (totals["measured"], totals["no_measure_yet"]) == (0, len(without))
    assert totals["no_data"] >= len(targets) - len(without)
    first = next(item for item in page["items"] if item["target"] in without)
    assert (first["status"], first["reason"], first["measure"]) == ("no_measure_yet", "no measure yet", None)
    figures = [i for i in (await service.ask("figures", limit=200))["items"] if i["measure"] is None]
    assert {i["value"] for i in figures} == {None}


async def test_figures_come_in_pages_and_can_be_filtered(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    seen, cursor = [], None
    while True:
        page = await service.ask("figures", limit=30, cursor=cursor)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 83
    fuzhou = await service.ask("figures", region="350100", programme="TR")
    assert [item["target"] for item in fuzhou["items"]] == ["TR-6a"]
    assert (await service.problem("figures", plan="nowhere-1999"))["status"] == 404


async def test_the_board_has_the_province_and_nine_cities(service: Service, sources: Sources):
    await sources.plan()
    await sources.report("350100", "2013-01", 55, moment("2013-02-04"))
    await sources.enterprise("steel", "350102", moment("2013-02-01"))
    await sources.key_users(moment("2013-02-01"), steel=("350102", "250000"))
    await sources.judged("steel", "350102", "2013-02-05", True, moment("2013-02-05"))
    await sources.day("steel", "350102", "2013-02-05", "700.5", moment("2013-02-06", "00:30"))
    await sources.day("steel", "350102", "2013-02-05", "710.25", moment("2013-02-06", "00:40"), revision=2)
    await sources.day("glass", "350103", "2013-02-05", None, moment("2013-02-06", "00:40"))
    service.clock.set(moment("2013-02-06"))
    await sources.live("steel", "350102", "2013-02-06", "12.5")
    await service.caught_up(sources)
    today = moment("2013-02-06").date()
    await wait_for(lambda: service.live.running(today, plan_areas(), "350000"))
    board = await service.ask("board")
    assert [row["region"] for row in board["rows"]] == ["350000", *(f"350{n}00" for n in range(1, 10))]
    province, fuzhou = board["rows"][0], board["rows"][1]
    assert province["growth"]["target"] == "TR-2"
    assert fuzhou["investment"]["light"] == "green"
    assert fuzhou["intensity"]["target"] == "EN-3a"
    assert (fuzhou["key_users"], fuzhou["online_closed_day"], fuzhou["online_now"]) == (1, 1, 1)
    assert fuzhou["energy_today"]["tce_equal"] == "12.500"
    closed = fuzhou["energy_closed_day"]
    assert (closed["tce_equal"], closed["enterprises"], closed["unknown"]) == ("710.250", 2, 1)
    assert province["energy_today"]["enterprises"] == 1
    assert board["fresh"]["last_reading_at"] == "2013-02-05T17:00:00Z"
    assert 0 <= board["fresh"]["age_seconds"] < 60
    assert board["fresh"]["sources"]["projects"]["position"] == 1
    # A running figure and a step of the clock are on the very next board, though one is given many times.
    await sources.live("steel", "350102", "2013-02-06", "13.5")
    await wait_for(lambda: service.live.taken == 2)
    assert (await service.ask("board"))["rows"][1]["energy_today"]["tce_equal"] == "13.500"
    service.clock.set(moment("2013-02-06", "10:00"))
    assert (await service.ask("board"))["as_of"] == "2013-02-06T02:00:00Z"
    past = await service.ask("board", as_of=moment("2013-02-06", "00:35").isoformat())
    assert past["rows"][1]["energy_today"] is None
    assert past["rows"][1]["energy_closed_day"]["tce_equal"] == "700.500"


async def test_rows_are_only_ever_added(service: Service, sources: Sources):
    """The runtime role may not change or remove what was known."""
    await sources.plan()
    await service.caught_up(sources)
    async with service.model.engine.connect() as conn:
        rows = await conn.execute(
            text("""
                SELECT table_name, privilege_type FROM information_schema.role_table_grants
                WHERE grantee = current_user AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
                  AND table_schema LIKE 'progress_v%'
            """)
        )
        assert sorted(map(tuple, rows)) == [("change_counter", "UPDATE"), ("checkpoint", "UPDATE")]


async def test_bad_input_is_the_callers_problem_and_never_ours(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    bad: list[tuple[str, dict[str, Any]]] = [
        ("board", {"as_of": "2013-06-30T00:00:00"}),
        ("board", {"as_of": "0001-01-01T00:00:00+08:00"}),
        ("board", {"as_of": "9999-12-31T23:59:59-08:00"}),
        ("board", {"plan": "a\u0000b"}),
        ("board", {"surprise": 1}),
        ("figures", {"limit": 0}),
        ("figures", {"limit": 10**30}),
        ("figure", {}),
        ("figure", {"target": "TR-6a", "history": "hour"}),
        ("figure", {"target": "TR-6a", "history": "week", "history_from": "0001-01-01"}),
        ("figure", {"target": "TR-6a", "history": "week", "history_from": "9999-12-31"}),
        ("evidence", {"target": "TR-6a", "cursor": "\u0000:1:1"}),
        ("evidence", {"target": "TR-6a", "cursor": "projects:²:1"}),
        ("evidence", {"target": "TR-6a", "cursor": "projects:99999999999999999999:1"}),
        ("figures", {"cursor": "²³"}),
        ("figures", {"region": "nowhere"}),
        ("changes", {"after": "v1:٣", "region": "nowhere"}),
        ("changes", {"wait": 1e9}),
        ("changes", {"as_of": "2013-02-01T00:00:00Z"}),
    ]
    for operation, body in bad:
        problem = await service.problem(operation, **body)
        assert problem["status"] in (400, 422), (operation, body, problem)
    harmless: list[tuple[str, dict[str, Any]]] = [
        ("changes", {"after": "v1:٣"}),
        ("board", {"at_least": {"projects": -(10**30)}}),
        ("figure", {"target": "TR-6a", "history": "day", "history_to": "9999-12-31"}),
    ]
    for operation, body in harmless:
        await service.ask(operation, **body)
