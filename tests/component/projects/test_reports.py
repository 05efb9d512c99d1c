"""Monthly reports (月报, TR-12) through the service's operations."""

from importlib import import_module

from shared.identity import Actor
from shared.problems import Problem
from tests.component.projects.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, XIAMEN, Service, local

YI = 100_000_000


async def test_a_report_is_filed_once_and_corrected_with_a_reason(service: Service) -> None:
    await service.project()
    service.clock.set(local(2013, 2, 4))
    line = {"project": "P-1", "investment": "9500000", "progress_percent": 12.5, "note": "设备安装中"}
    filed = await service.report("2013-01", "4820000000", projects=[line])
    assert filed["report"] == "350100:2013-01"
    assert (filed["due_on"], filed["reported_on"], filed["late"]) == ("2013-02-05", "2013-02-04", False)
    service.clock.set(local(2013, 2, 20))
    await service.report("2013-01", "4820000000.00", projects=[line])
    problem = await service.refused(FUZHOU, "file-report", region="350100", month="2013-01", investment="1")
    assert problem.status == 409
    assert "correct it" in problem.remedy
    corrected = await service.ask(
        FUZHOU,
        "correct-report",
        region="350100",
        month="2013-01",
        investment="4910000000",
        projects=[line],
        reason="永泰县补报",
    )
    assert (corrected["investment"], corrected["corrections"]) == ("4910000000.00", 1)
    assert (corrected["reported_on"], corrected["last_reported_on"]) == ("2013-02-04", "2013-02-20")
    event = (await service.events())[-1]
    assert event.type == "MonthlyReportCorrected"
    assert event.data["previous_investment"] == "4820000000"
    history = await service.ask(PROVINCE, "get-report", region="350100", month="2013-01")
    assert [version["investment"] for version in history["versions"]] == ["4820000000.00", "4910000000.00"]
    assert [version["reason"] for version in history["versions"]] == [None, "永泰县补报"]


async def test_a_month_not_reported_is_missing_by_the_clock(service: Service) -> None:
    service.clock.set(local(2013, 2, 5, 23))
    await service.report("2013-01", "100000000")
    at_due = await service.ask(PROVINCE, "report-calendar", first_month="2013-01", last_month="2013-02")
    assert [(e["region"], e["month"], e["standing"]) for e in at_due["items"]] == [
        ("350100", "2013-01", "received"),
        ("350200", "2013-01", "not_due"),
        ("350100", "2013-02", "not_due"),
        ("350200", "2013-02", "not_due"),
    ]
    service.clock.set(local(2013, 2, 6, 8))
    await service.report("2013-01", "200000000", XIAMEN)
    service.clock.set(local(2013, 3, 7))
    later = await service.ask(PROVINCE, "report-calendar", first_month="2013-01", last_month="2013-02")
    assert [(e["standing"], e["days_late"]) for e in later["items"]] == [
        ("received", None),
        ("late", 1),
        ("missing", 2),
        ("missing", 2),
    ]
    assert (later["received"], later["late"], later["missing"], later["not_due"]) == (1, 1, 2, 0)


async def test_the_calendar_of_2013_has_twelve_reports_a_city_due_to_january_2014(service: Service) -> None:
    calendar = await service.ask(PROVINCE, "report-calendar")
    assert len(calendar["items"]) == 24  # two cities in this plan; nine make 108
    own = await service.ask(FUZHOU, "report-calendar")
    assert {entry["region"] for entry in own["items"]} == {"350100"}
    assert [own["items"][0]["due_on"], own["items"][-1]["due_on"]] == ["2013-02-05", "2014-01-05"]
    # 5 April, 5 May and 5 October 2013 are no working days; no due day rolls.
    assert {"2013-04-05", "2013-05-05", "2013-10-05"} <= {entry["due_on"] for entry in own["items"]}


async def test_months_come_in_any_order(service: Service) -> None:
    service.clock.set(local(2013, 4, 3))
    for month in ("2013-03", "2013-01", "2013-02"):
        await service.report(month, "100000000")
    page = await service.ask(FUZHOU, "list-reports", limit=2)
    rest = await service.ask(FUZHOU, "list-reports", limit=2, cursor=page["next_cursor"])
    listed = [(item["month"], item["late"]) for item in page["items"] + rest["items"]]
    assert listed == [("2013-01", True), ("2013-02", True), ("2013-03", False)]


async def test_a_figure_in_the_wrong_unit_is_asked_back_and_stands_when_confirmed(service: Service) -> None:
    service.clock.set(local(2013, 3, 3))
    await service.report("2013-01", str(50 * YI))
    report = {"region": "350100", "month": "2013-02", "investment": str(50 * YI * 10_000)}
    problem = await service.refused(FUZHOU, "file-report", **report, key="feb")
    assert (problem.status, problem.code, problem.where) == (422, "confirm-amount", "investment")
    assert "元" in problem.remedy
    confirmed = await service.ask(FUZHOU, "file-report", **report, confirmed=True, key="feb")
    assert confirmed["investment"] == f"{50 * YI * 10_000}.00"
    assert (await service.events())[-1].data["confirmed"] is True
    tiny = await service.refused(XIAMEN, "file-report", region="350200", month="2013-02", investment="52")
    assert tiny.code == "confirm-amount"


async def test_only_the_city_itself_reports_for_itself(service: Service) -> None:
    service.clock.set(local(2013, 2, 4))
    report = {"region": "350100", "month": "2013-01", "investment": "100000000"}
    for actor in (PROVINCE, XIAMEN, FUQING, MILL, OPS):
        assert (await service.refused(actor, "file-report", **report)).status == 403
        assert (await service.refused(actor, "correct-report", **report, reason="x")).status == 403
    await service.report("2013-01", "100000000")
    for actor in (FUQING, MILL):
        for operation in ("list-reports", "report-calendar"):
            assert (await service.refused(actor, operation)).status == 403
    assert (await service.refused(XIAMEN, "get-report", region="350100", month="2013-01")).status == 404
    assert (await service.refused(XIAMEN, "list-reports", region="350100")).status == 403
    assert (await service.ask(XIAMEN, "list-reports"))["items"] == []


async def test_a_county_or_a_year_without_a_duty_has_no_report(service: Service) -> None:
    service.clock.set(local(2014, 3, 1))
    county = FUZHOU.__class__("x", "city", "350181")
    problem = await service.refused(
        county, "file-report", region="350181", month="2013-01", investment="1000000"
    )
    assert problem.code == "no-duty"
    for month in ("2012-12", "2014-01"):
        problem = await service.refused(
            FUZHOU, "file-report", region="350100", month=month, investment="1000000"
        )
        assert problem.code == "no-duty"


async def test_the_projects_of_a_report_exist_lie_in_the_city_and_fit_into_its_sum(service: Service) -> None:
    await service.project("P-1")
    await service.project("P-2", XIAMEN, region="350203")
    service.clock.set(local(2013, 2, 4))

    def line(project: str, investment: str) -> dict[str, object]:
        return {"project": project, "investment": investment, "progress_percent": 1}

    async def code(*lines: dict[str, object]) -> str:
        report = {"region": "350100", "month": "2013-01", "investment": "100000000", "projects": list(lines)}
        return (await service.refused(FUZHOU, "file-report", **report)).code

    assert await code(line("P-9", "1")) == "unknown-project"
    assert await code(line("P-2", "1")) == "foreign-project"
    assert await code(line("P-1", "1"), line("P-1", "1")) == "repeated"
    assert await code(line("P-1", "100000000.01")) == "projects-over-total"
    await service.report("2013-01", "100000000", projects=[line("P-1", "100000000")])


async def test_an_unknown_report_is_not_found_and_says_missing(service: Service) -> None:
    problem = await service.refused(PROVINCE, "get-report", region="350100", month="2013-01")
    assert problem.status == 404
    assert "missing" in problem.remedy
    service.clock.set(local(2013, 2, 4))
    problem = await service.refused(
        FUZHOU, "correct-report", region="350100", month="2013-01", investment="1000000", reason="x"
    )
    assert problem.status == 404


async def test_a_closed_month_opens_again_by_the_provinces_consent_alone(service: Service) -> None:
    service.clock.set(local(2013, 3, 20))
    await service.report("2013-02", "100000000")
    correction = {"region": "350100", "month": "2013-02", "investment": "110000000", "reason": "补报"}
    closing = {"month": "2013-02", "reason": "月通报已印发"}
    assert (await service.refused(FUZHOU, "close-reporting-month", **closing)).status == 403
    await service.ask(PROVINCE, "close-reporting-month", **closing)
    refused = await service.refused(FUZHOU, "correct-report", **correction)
    assert (refused.status, refused.code, refused.where) == (409, "closed-month", "month")
    assert "/reports/months/2013-02/reopenings" in refused.remedy
    consent = {"month": "2013-02", "region": "350100", "until": "2013-03-25", "reason": "永泰县补报"}
    assert (await service.refused(FUZHOU, "reopen-reporting-month", **consent)).status == 403
    await service.ask(PROVINCE, "reopen-reporting-month", **consent)
    (february,) = (await service.ask(FUZHOU, "list-reporting-months", first_month="2013-02", limit=1))[
        "items"
    ]
    assert (february["standing"], february["closed_since"], february["reopened_until"]) == (
        "reopened",
        "2013-03-20",
        "2013-03-25",
    )
    assert (await service.ask(FUZHOU, "correct-report", **correction))["corrections"] == 1
    assert (await refused_month(service, "2013-02", XIAMEN)).code == "closed-month"
    service.clock.set(local(2013, 3, 26))
    again = await service.refused(FUZHOU, "correct-report", **{**correction, "investment": "120000000"})
    assert again.code == "closed-month"
    types = [event.type for event in await service.events()]
    assert types[-4:] == [
        "MonthlyReportFiled",
        "ReportingMonthClosed",
        "ReportingMonthReopened",
        "MonthlyReportCorrected",
    ]


async def test_a_month_closes_by_the_rule_ninety_days_after_it_was_due(service: Service) -> None:
    service.clock.set(local(2013, 5, 6))
    await service.report("2013-01", "100000000")
    service.clock.set(local(2013, 5, 7))
    assert (await refused_month(service, "2013-01", XIAMEN)).code == "closed-month"
    page = await service.ask(PROVINCE, "list-reporting-months", last_month="2013-02")
    assert [(m["month"], m["standing"], m["open_until"], m["closed_since"]) for m in page["items"]] == [
        ("2013-01", "closed", "2013-05-06", "2013-05-07"),
        ("2013-02", "open", "2013-06-03", None),
    ]
    first = await service.ask(FUZHOU, "list-reporting-months", limit=11)
    rest = await service.ask(FUZHOU, "list-reporting-months", limit=11, cursor=first["next_cursor"])
    assert [len(first["items"]), [m["month"] for m in rest["items"]]] == [11, ["2013-12"]]
    assert rest["next_cursor"] is None
    assert (await service.refused(FUZHOU, "list-reporting-months", region="350200")).status == 403
    open_month = {"month": "2013-02", "until": "2013-07-01", "reason": "x"}
    assert (await service.refused(PROVINCE, "reopen-reporting-month", **open_month)).code == "not-closed"
    past = {"month": "2013-01", "until": "2013-05-06", "reason": "x"}
    assert (await service.refused(PROVINCE, "reopen-reporting-month", **past)).code == "date-order"
    early = await service.refused(PROVINCE, "close-reporting-month", month="2013-05", reason="x")
    assert early.code == "future-month"
    unowed = await service.refused(PROVINCE, "close-reporting-month", month="2014-01", reason="x")
    assert unowed.code == "no-duty"


async def refused_month(service: Service, month: str, actor: Actor) -> Problem:
    body = {"region": actor.area, "month": month, "investment": "100000000"}
    return await service.refused(actor, "file-report", **body)


async def test_what_reports_say_of_projects_is_a_list_with_its_sum(service: Service) -> None:
    await service.project("P-1")
    await service.project("P-2", region="350182")
    await service.project("P-9", XIAMEN, region="350203")
    service.clock.set(local(2013, 3, 4))

    def line(project: str, investment: int) -> dict[str, object]:
        return {"project": project, "investment": investment, "progress_percent": 10, "note": "安装中"}

    january = [line("P-1", 1_000_000), line("P-2", 2_000_000)]
    await service.report("2013-01", "4820000000", projects=january)
    await service.report("2013-02", "4820000000", projects=[line("P-1", 4_000_000)])
    await service.report("2013-01", "3820000000", XIAMEN, projects=[line("P-9", 7_000_000)])

    async def lines(actor: Actor, **query: object) -> tuple[list[tuple[str, str, str]], str, int]:
        page = await service.ask(actor, "list-report-lines", **query)
        found = [(item["month"], item["project"], item["city"]) for item in page["items"]]
        return found, page["totals"]["investment"], page["totals"]["lines"]

    of_fuzhou = [("2013-01", "P-1", "350100"), ("2013-01", "P-2", "350100"), ("2013-02", "P-1", "350100")]
    everything = sorted([*of_fuzhou, ("2013-01", "P-9", "350200")])
    assert await lines(PROVINCE) == (everything, "14000000.00", 4)
    assert await lines(FUZHOU) == (of_fuzhou, "7000000.00", 3)
    own = ([of_fuzhou[0], of_fuzhou[2]], "5000000.00", 2)
    assert await lines(FUQING) == await lines(PROVINCE, project="P-1") == own
    assert await lines(PROVINCE, region="350182") == ([of_fuzhou[1]], "2000000.00", 1)
    assert await lines(FUZHOU, first_month="2013-02", last_month="2013-02") == (
        of_fuzhou[2:],
        "4000000.00",
        1,
    )
    first = await service.ask(PROVINCE, "list-report-lines", limit=3)
    rest = await service.ask(PROVINCE, "list-report-lines", limit=3, cursor=first["next_cursor"])
    assert [item["project"] for item in rest["items"]] == ["P-1"]
    assert (rest["next_cursor"], rest["totals"]) == (None, None)
    correction = {"region": "350100", "month": "2013-01", "investment": "4820000000", "reason": "重报"}
    await service.ask(FUZHOU, "correct-report", **correction, projects=[line("P-2", 2_500_000)])
    assert await lines(FUZHOU) == (of_fuzhou[1:], "6500000.00", 2), "the newest version alone"
    assert await lines(FUZHOU, project="P-9") == ([], "0.00", 0)
    assert (await service.refused(MILL, "list-report-lines")).status == 403
    assert (await service.refused(FUZHOU, "list-report-lines", region="350203")).status == 403


async def test_the_lines_that_the_log_holds_are_there_after_the_migration(service: Service) -> None:
    await service.project("P-1")
    await service.project("P-2", region="350182")
    service.clock.set(local(2013, 3, 4))
    lines = [{"project": f"P-{n}", "investment": f"{n}.25", "progress_percent": "12.5"} for n in (1, 2)]
    await service.report("2013-01", "4820000000", projects=lines)
    await service.report("2013-02", "4820000000")
    body = {"region": "350100", "month": "2013-01", "investment": "4820000000", "reason": "重报"}
    await service.ask(FUZHOU, "correct-report", **body, projects=[{**lines[1], "note": "安装中"}])
    written = await service.ask(PROVINCE, "list-report-lines")
    assert written["totals"] == {"lines": 1, "investment": "2.25"}
    async with service.engine.begin() as conn:
        await conn.exec_driver_sql("DELETE FROM report_line")
        await conn.exec_driver_sql("DELETE FROM report_line_sum")
        for statement in import_module("services.projects.migrations.0019_lists_at_scale").KNOWN.split(";"):
            if statement.strip():
                await conn.exec_driver_sql(statement)
    assert await service.ask(PROVINCE, "list-report-lines") == written


async def test_a_correction_of_the_sum_leaves_the_projects_as_they_were(service: Service) -> None:
    """A correction that says nothing of the projects drops none of them; an empty list does."""
    await service.project("P-1")
    service.clock.set(local(2013, 2, 4))
    said = {"project": "P-1", "investment": "3000000", "progress_percent": "10"}
    await service.report("2013-01", "100000000", projects=[said])
    correction = {"region": "350100", "month": "2013-01", "reason": "永泰县补报"}
    kept = await service.ask(FUZHOU, "correct-report", **correction, investment="110000000")
    assert [each["project"] for each in kept["projects"]] == ["P-1"]
    lines = await service.ask(FUZHOU, "list-report-lines", first_month="2013-01", last_month="2013-01")
    assert [each["project"] for each in lines["items"]] == ["P-1"]
    over = await service.refused(FUZHOU, "correct-report", **correction, investment="2000000", confirmed=True)
    assert over.code == "projects-over-total"
    none = await service.ask(FUZHOU, "correct-report", **correction, investment="110000000", projects=[])
    assert none["projects"] == []


async def test_a_report_too_long_for_one_answer_says_what_is_left_out_and_where_all_of_it_is(
    service: Service,
) -> None:
    """80 lines with notes of a thousand characters, corrected twice: once an answer over its limit, never readable."""
    names = [f"P-{number:02}" for number in range(80)]
    for name in names:
        await service.project(name)
    service.clock.set(local(2013, 2, 4))
    said = {"investment": "10000", "progress_percent": "1", "note": "设" * 1000}
    lines = [{"project": name, **said} for name in names]
    filed = await service.report("2013-01", "100000000", projects=lines)
    shown = len(filed["projects"])
    assert (filed["project_count"], filed["left_out"]) == (80, 80 - shown)
    assert 0 < shown < 80
    for total in ("110000000", "120000000"):
        correction = {"region": "350100", "month": "2013-01", "reason": "补报", "investment": total}
        await service.ask(FUZHOU, "correct-report", **correction)
    read = await service.ask(FUZHOU, "get-report", region="350100", month="2013-01")
    assert [each["project_count"] for each in read["versions"]] == [80, 80, 80]
    assert all(len(each["projects"]) + each["left_out"] == 80 for each in (read, *read["versions"]))
    asked = dict(part.split("=") for part in read["whole_list"].split("?")[1].split("&"))
    whole = await service.ask(FUZHOU, "list-report-lines", **asked, limit=100)
    assert [each["project"] for each in whole["items"]] == names


async def test_more_projects_than_a_report_names_are_refused_with_what_to_do(service: Service) -> None:
    lines = [{"project": "P-1", "investment": "1", "progress_percent": "1"}] * 2001
    body = {"region": "350100", "month": "2013-01", "investment": "100000000", "projects": lines}
    refused = await service.refused(FUZHOU, "file-report", **body)
    assert (refused.status, refused.where) == (422, "projects")
    assert "at most 2000 projects, this one 2001" in refused.detail
    assert "leave the small ones out" in refused.detail


async def test_a_withdrawn_report_is_missing_again_and_owed_again(service: Service) -> None:
    await service.project()
    service.clock.set(local(2013, 2, 4))
    line = {"project": "P-1", "investment": "9500000", "progress_percent": 12.5}
    await service.report("2013-01", "4820000000", projects=[line])
    withdraw = {"region": "350100", "month": "2013-01", "reason": "数据未核实"}
    assert (await service.refused(XIAMEN, "withdraw-report", **withdraw)).status == 403
    gone = await service.ask(FUZHOU, "withdraw-report", **withdraw)
    assert (gone["investment"], gone["withdrawn_on"], gone["withdrawal_reason"]) == (
        None,
        "2013-02-04",
        "数据未核实",
    )
    assert (await service.ask(PROVINCE, "list-reports"))["items"] == []
    assert (await service.ask(PROVINCE, "list-report-lines"))["items"] == []
    service.clock.set(local(2013, 2, 7))
    month = {"first_month": "2013-01", "last_month": "2013-01"}
    calendar = await service.ask(PROVINCE, "report-calendar", region="350100", **month)
    assert [entry["standing"] for entry in calendar["items"]] == ["missing"]
    duty = await service.ask(PROVINCE, "get-duty-account", duty="TR-12", region="350100")
    assert next(each for each in duty["obligations"] if each["period"] == "2013-01")["standing"] == "missing"
    problem = await service.refused(FUZHOU, "correct-report", investment="4820000000", **withdraw)
    assert problem.code == "withdrawn"
    again = await service.report("2013-01", "4830000000")
    assert (again["late"], again["version"], again["withdrawn_on"]) == (True, 3, None)
    history = await service.ask(PROVINCE, "get-report", region="350100", month="2013-01")
    assert [version["investment"] for version in history["versions"]] == [
        "4820000000.00",
        None,
        "4830000000.00",
    ]


async def test_the_slip_is_asked_back_and_not_the_right_report_after_it(service: Service) -> None:
    service.clock.set(local(2013, 3, 4))
    slip = {"region": "350100", "month": "2013-01", "investment": "482000"}
    problem = await service.refused(FUZHOU, "file-report", **slip)
    assert (problem.code, problem.where, problem.extra["confirm"]) == (
        "confirm-amount",
        "investment",
        "confirmed",
    )
    assert "482000.00 yuan (48.2 万元)" in problem.detail
    assert (
        await service.refused(FUZHOU, "file-report", **{**slip, "investment": 0})
    ).code == "confirm-amount"
    await service.report("2013-02", "4820000000")
    # Confirmed all the same, it doesn't make the right ones doubtful.
    await service.ask(FUZHOU, "file-report", **slip, confirmed=True)
    right = {**slip, "investment": "4790000000", "reason": "误用万元"}
    await service.ask(FUZHOU, "correct-report", **right)
