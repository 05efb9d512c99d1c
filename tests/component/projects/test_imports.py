"""Imports of spreadsheets (表格导入): checked, run as a whole or the good rows, and twice is once."""

from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from services.projects.imports import staging, worker
from services.projects.imports.worker import ImportWorker
from services.projects.projects.facts import stream as project_stream
from services.projects.service import app_on
from shared.catalogue import NewerEvent
from shared.event_log import NewEvent, StreamWrite
from shared.identity import Actor
from tests.component.projects.conftest import FUQING, FUZHOU, MILL, PROVINCE, XIAMEN, Service, local

HEADING = ["项目编号", "项目名称", "地区", "行业代码", "总投资（万元）", "设备投资（万元）", "策划日期"]
SHA = "0" * 64


@pytest_asyncio.fixture
async def imports(service: Service) -> ImportWorker:
    return ImportWorker(app_on(service.engine, service.log, service.clock))


def row(number: int, *cells: str, faults: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"row": number, "cells": list(cells), "faults": faults or []}


def project(number: int, region: str = "福清市", total: str = "12,000") -> dict[str, Any]:
    return row(number, f"P-{number}", "纺织技改项目", region, "1751", total, "8350", "2013/1/10")


async def sent(
    service: Service,
    rows: list[dict[str, Any]],
    kind: str = "projects",
    heading: list[str] = HEADING,
    key: str = "",
    actor: Any = FUZHOU,
) -> str:
    """A file as the gateway sends it."""
    opened = await service.ask(
        actor,
        "open-import",
        kind=kind,
        file_name="x.csv",
        sha256=SHA,
        heading=heading,
        rows=len(rows),
        key=key,
    )
    name = str(opened["import"])
    for begin in range(0, len(rows), 3):
        view = await service.ask(actor, "add-import-rows", **{"import": name}, rows=rows[begin : begin + 3])
    assert view["standing"] == "checking"
    return name


async def view(service: Service, name: str, actor: Any = FUZHOU) -> Any:
    return await service.ask(actor, "get-import", **{"import": name})


async def faults(service: Service, name: str) -> list[tuple[int, str, str]]:
    items = (await service.ask(FUZHOU, "list-import-faults", **{"import": name}))["items"]
    return [(each["row"], each["column"], each["why"]) for each in items]


async def test_a_file_is_checked_without_a_trace_and_then_carried_out(
    service: Service, imports: ImportWorker
) -> None:
    name = await sent(service, [project(number) for number in range(2, 9)])
    before = await service.events()
    assert await imports.once()
    checked = await view(service, name)
    assert (checked["standing"], checked["done"], checked["faulty"]) == ("checked", 7, 0)
    assert await service.events() == before
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all")
    assert await imports.once()
    done = await view(service, name)
    assert (done["standing"], done["created"], done["refused"]) == ("finished", 7, 0)
    made = await service.ask(FUQING, "get-project", project="P-2")
    assert (made["total_investment"], made["region"], made["planned_on"]) == (
        "120000000.00",
        "350181",
        "2013-01-10",
    )
    last = (await service.events())[-1]
    assert (last.type, last.data["created"], last.data["kind"]) == ("FileImported", 7, "projects")
    assert last.metadata["actor"]["subject"] == FUZHOU.subject
    assert not await imports.once(), "nothing waits any more"


async def test_the_same_file_twice_changes_nothing(service: Service, imports: ImportWorker) -> None:
    """Also where no row has an id of its own: it is made of what the row says."""
    rows = [
        row(number, "", f"纺织技改项目{number}", *project(number)["cells"][2:6], "2013-01-10")
        for number in (2, 3)
    ]
    for turn, expected in enumerate([(2, 0), (0, 2)]):
        name = await sent(service, rows, key=f"turn-{turn}")
        await imports.once()
        await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all")
        await imports.once()
        done = await view(service, name)
        assert (done["created"], done["unchanged"]) == expected
        service.clock.set(local(2013, 1, 20 + turn))
    types = [event.type for event in await service.events()]
    assert types.count("ProjectRegistered") == 2


async def test_what_is_wrong_is_told_by_row_and_column_and_the_good_rows_go_in(
    service: Service, imports: ImportWorker
) -> None:
    formula = {"index": 4, "why": "The cell holds a formula.", "remedy": "Write its value."}
    name = await sent(
        service,
        [
            project(2),
            project(3, region="不存在县"),
            project(4, region="思明区"),
            project(5, total="很多"),
            project(6, total="100"),
            row(7, *project(7)["cells"][:4], "=A1", "8350", "2013-01-10", faults=[formula]),
            row(8, "P-8", "长" * 10_000, *project(8)["cells"][2:6], "昨天"),
            row(9, "P-2", "另一个名称", *project(9)["cells"][2:]),
        ],
    )
    await imports.once()
    found = await faults(service, name)
    assert [(number, column) for number, column, _ in found] == [
        (3, "地区"),
        (4, ""),
        (5, "总投资（万元）"),
        (6, "设备投资（万元）"),
        (7, "总投资（万元）"),
        (8, "策划日期"),
        (9, "项目编号"),
    ]
    assert "not kept by 350100" in found[1][2]
    assert "formula" in found[4][2]
    refused = await service.refused(FUZHOU, "run-import", **{"import": name}, mode="all")
    assert (refused.code, refused.status) == ("faulty-rows", 422)
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good")
    while await imports.once():
        pass
    done = await view(service, name)
    assert (done["standing"], done["created"], done["refused"], done["done"]) == ("finished", 1, 7, 8)
    assert len(await faults(service, name)) == 7


async def test_all_or_nothing_is_nothing_when_something_came_in_between(
    service: Service, imports: ImportWorker
) -> None:
    name = await sent(service, [project(2), project(3)])
    await imports.once()
    await service.project("P-3", name="先到的项目")
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all")
    before = await service.events()
    await imports.once()
    failed = await view(service, name)
    assert (failed["standing"], failed["faulty"]) == ("failed", 1)
    assert await service.events() == before
    assert [each[0] for each in await faults(service, name)] == [3]


async def test_a_process_that_dies_between_two_chunks_leaves_the_rest_to_the_next(
    service: Service, imports: ImportWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "CHUNK", 2)
    name = await sent(service, [project(number) for number in range(2, 9)])
    await imports.once()
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good")
    noted = staging.note
    calls = 0

    async def dies(*args: Any, **values: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ConnectionError("the process is gone")
        return await noted(*args, **values)

    monkeypatch.setattr(staging, "note", dies)
    with pytest.raises(ConnectionError):
        await imports.once()
    monkeypatch.setattr(staging, "note", noted)
    assert not await imports.once(), "the lease still runs"
    monkeypatch.setattr(staging, "LEASE", text("interval '0 seconds'"))
    async with service.engine.begin() as conn:
        await conn.exec_driver_sql("UPDATE import_job SET lease_until = now() - interval '1 second'")
    other = ImportWorker(app_on(service.engine, service.log, service.clock))
    assert await other.once()
    done = await view(service, name)
    assert (done["standing"], done["created"]) == ("finished", 7)
    types = [event.type for event in await service.events()]
    assert (types.count("ProjectRegistered"), types.count("FileImported")) == (7, 1)


async def test_a_row_whose_project_a_newer_release_changed_is_no_faulty_row(
    service: Service, imports: ImportWorker
) -> None:
    """The import stays where it is, for the newer release's worker."""
    name = await sent(service, [project(2)])
    assert await imports.once()
    async with service.engine.begin() as conn:
        newer = NewEvent("ProjectTwinned", 1, {}, service.clock.now())
        await service.log.append(conn, [StreamWrite(project_stream("P-2"), 0, [newer])], {})
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good")
    with pytest.raises(NewerEvent):
        await imports.once()
    assert (await view(service, name))["standing"] == "running"
    assert await faults(service, name) == []


async def test_the_preview_names_the_rows_of_a_closed_month(service: Service, imports: ImportWorker) -> None:
    service.clock.set(local(2013, 5, 7))  # January's reports were due on 5 February, 91 days ago
    rows = [row(2, "福州市", "2013-01", "48.2"), row(3, "福州市", "2013-02", "40")]
    name = await sent(service, rows, "reports", ["地区", "月份", "完成投资（亿元）"])
    await imports.once()
    ((number, column, why),) = await faults(service, name)
    assert (number, column) == (2, "月份")
    assert "2013-01 is closed for 350100 since 2013-05-07" in why
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good")
    while await imports.once():
        pass
    listed = await service.ask(FUZHOU, "list-reports")
    assert [item["month"] for item in listed["items"]] == ["2013-02"]


async def test_a_citys_reports_are_imported_month_by_month(service: Service, imports: ImportWorker) -> None:
    await service.project("P-1")
    service.clock.set(local(2013, 4, 2))
    heading = ["地区", "月份", "项目编号", "完成投资（亿元）", "形象进度"]
    rows = [
        row(2, "福州市", "2013年1月", "", "48.2", ""),
        row(3, "福州市", "2013年1月", "P-1", "0.095", "12.5%"),
        row(4, "福州市", "2013-02", "", "40", ""),
        row(5, "福州市", "2013-02", "P-9", "0.1", "20"),
        row(6, "福州市", "2013-03", "P-1", "0.1", "20"),
    ]
    name = await sent(service, rows, "reports", heading)
    await imports.once()
    found = await faults(service, name)
    assert [(number, column) for number, column, _ in found] == [
        (4, ""),
        (5, "项目编号"),
        (6, "完成投资（亿元）"),
    ]
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good")
    while await imports.once():
        pass
    january = await service.ask(FUZHOU, "get-report", region="350100", month="2013-01")
    assert (january["investment"], january["projects"][0]["investment"]) == ("4820000000.00", "9500000.00")
    assert (await service.refused(FUZHOU, "get-report", region="350100", month="2013-02")).status == 404


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ([*HEADING, "颜色"], "Nobody knows the column '颜色'"),
        ([*HEADING, "地区"], "Two columns are 地区"),
        ([each.removesuffix("（万元）") for each in HEADING], "doesn't say its unit"),
        ([each.replace("万元", "万美元") for each in HEADING], "doesn't say its unit"),
        (HEADING[1:4], "There is no column"),
    ],
)
async def test_a_heading_that_can_not_be_read_is_refused_before_its_rows(
    service: Service, heading: list[str], why: str
) -> None:
    body = {"kind": "projects", "file_name": "x.csv", "sha256": SHA, "rows": 1}
    problem = await service.refused(FUZHOU, "open-import", **body, heading=heading)
    assert (problem.where, why in problem.detail) == ("heading", True), problem.detail
    assert problem.remedy


async def test_an_import_is_ones_own(service: Service, imports: ImportWorker) -> None:
    name = await sent(service, [project(2)])
    for actor in (XIAMEN, PROVINCE):
        assert (await service.refused(actor, "get-import", **{"import": name})).status == 404
        assert (await service.refused(actor, "run-import", **{"import": name}, mode="all")).status == 404
    body = {"kind": "projects", "file_name": "x.csv", "sha256": SHA, "rows": 1, "heading": HEADING}
    assert (await service.refused(MILL, "open-import", **body)).status == 403
    early = await service.refused(FUZHOU, "run-import", **{"import": name}, mode="all")
    assert (early.code, early.status) == ("wrong-state", 409)
    assert [each["import"] for each in (await service.ask(FUZHOU, "list-imports"))["items"]] == [name]
    assert (await service.ask(XIAMEN, "list-imports"))["items"] == []
    kinds = (await service.ask(FUZHOU, "list-import-kinds"))["items"]
    assert {"projects", "reports"} <= {each["kind"] for each in kinds}


async def test_needs_and_results_come_from_spreadsheets_and_find_each_other(
    service: Service, imports: ImportWorker
) -> None:
    """IN-3, IN-4; the same file twice changes nothing, also without ids."""
    heading = ["编号", "需求名称", "需求单位", "地区", "说明", "行业代码", "金额上限（万元）", "标签"]
    needs = [row(2, "N-1", "印染废水回用", "示例染整厂", "福清市", "色度高", "1713、1711", "300", "6·18")]
    of_results = ["成果名称", "供给单位", "地区", "对接平台"]
    results = [
        row(2, "印染污水膜法回用装置", "示例研究院", "福州市", ""),
        row(3, "技改贷款", "示例银行", "福州市", "银企"),
        row(4, "", "无名", "福州市", "产学研"),
    ]
    for turn, expected in enumerate([(2, 0, 1), (0, 2, 1)]):
        name = await sent(service, needs, "needs", heading, key=f"needs-{turn}")
        await imports.once()
        await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all")
        await imports.once()
        name = await sent(service, results, "results", of_results, key=f"results-{turn}")
        await imports.once()
        assert [fault[:2] for fault in await faults(service, name)] == [(4, "成果名称")]
        await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good")
        await imports.once()
        done = await view(service, name)
        assert (done["created"], done["unchanged"], done["refused"]) == expected
        service.clock.set(local(2013, 1, 20 + turn))
    need = await service.ask(FUQING, "get-listing", listing="N-1")
    assert (need["industries"], need["amount_max"], need["tags"]) == (
        ["1711", "1713"],
        "3000000.00",
        ["6·18"],
    )
    (found,) = (await service.ask(FUQING, "suggest", listing="N-1"))["items"]
    assert found["title"] == "印染污水膜法回用装置"


async def run(
    service: Service, imports: ImportWorker, rows: list[dict[str, Any]], key: str, actor: Any = FUZHOU
) -> Any:
    name = await sent(service, rows, key=key, actor=actor)
    await imports.once()
    await service.ask(actor, "run-import", **{"import": name}, mode="good")
    while await imports.once():
        pass
    items = (await service.ask(actor, "list-import-faults", **{"import": name}, language="zh"))["items"]
    done = await view(service, name, actor)
    return (done["created"], done["unchanged"], done["refused"]), items


async def test_a_row_of_a_name_that_the_region_has_is_asked_about(
    service: Service, imports: ImportWorker
) -> None:
    """517f57c made a second project of a mended row without 项目编号, and of a second clerk's identical file."""
    plain = ["", "印染技改项目", "福清市", "1713", "12000", "8350", "2013-01-10"]
    mended = ["", "印染技改项目", "福清市", "1713", "12500", "8350", "2013-01-10"]
    assert (await run(service, imports, [row(2, *plain)], "first"))[0] == (1, 0, 0)
    colleague = Actor("p-colleague", "city", "350100")
    assert (await run(service, imports, [row(2, *plain)], "same", colleague))[0] == (0, 1, 0)
    outcome, (fault,) = await run(service, imports, [row(2, *mended)], "mended", colleague)
    assert outcome == (0, 0, 1)
    assert (fault["cell"], fault["column"]) == ("B2", "项目名称")
    assert fault["why"].startswith("该地区已有同名的一项：P-")
    assert "总投资 12,000.00 万元" in fault["why"]
    outcome, _ = await run(service, imports, [row(2, "FZ-9", *mended[1:])], "own id", colleague)
    assert outcome == (0, 0, 1), "the one that is known has no id of its own: it may be this one"
    outcome, faults = await run(service, imports, [row(2, *plain), row(3, *mended)], "in one file")
    assert (outcome, faults[0]["row"]) == ((0, 1, 1), 3)
    types = [event.type for event in await service.events()]
    assert types.count("ProjectRegistered") == 1
    heading = [*HEADING, "已核实"]
    name = await sent(service, [row(2, *mended, "是")], heading=heading, key="another")
    await imports.once()
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all")
    await imports.once()
    assert (await view(service, name))["created"] == 1, "another one of the same name, says the clerk"


async def test_two_rows_of_one_new_name_are_told_before_the_run(
    service: Service, imports: ImportWorker
) -> None:
    rows = [row(2, *project(2)["cells"]), row(3, "", *project(3, total="13000")["cells"][1:])]
    name = await sent(service, rows)
    await imports.once()
    ((number, column, why),) = await faults(service, name)
    assert (number, column, why) == (3, "项目名称", "Row 2 has this name in this region too.")


async def test_an_amount_in_a_merged_cell_is_nobodys(service: Service, imports: ImportWorker) -> None:
    merged = [{**project(number), "merged": [2, 4]} for number in (2, 3)]
    name = await sent(service, merged)
    await imports.once()
    found = await faults(service, name)
    assert [(number, column) for number, column, _ in found] == [(2, "总投资（万元）"), (3, "总投资（万元）")]


async def test_a_field_that_does_not_fit_is_told_in_words(service: Service, imports: ImportWorker) -> None:
    """Never the pattern: 517f57c said "String should match pattern '^[A-Za-z0-9]…'"."""
    wrong = row(2, "编号 一", *project(2)["cells"][1:])
    short = row(3, "P-3", *project(3)["cells"][1:3], "", *project(3)["cells"][4:])
    _, items = await run(service, imports, [wrong, short], "words")
    assert [(each["cell"], each["why"], each["remedy"]) for each in items] == [
        (
            "A2",
            "“编号 一”：格式不符。",
            "请填写：字母、数字、点、横线、下划线，最多 64 个；留空则自动编号；"
            "填已登记项目的编号，则列出不同之处，经确认后变更，例如 FZ-2013-017。",
        ),
        (
            "D3",
            "缺少此项。",
            "请填写：国民经济行业分类 GB/T 4754-2011 四位代码，保留前面的 0（文本格式），例如 2822。",
        ),
    ]


async def test_imports_and_their_faults_come_in_pages(service: Service, imports: ImportWorker) -> None:
    first = await sent(service, [project(2, region="?"), project(3, region="?")], key="first")
    second = await sent(service, [project(2)], key="second")
    await imports.once()
    await imports.once()
    newest = await service.ask(FUZHOU, "list-imports", limit=1)
    oldest = await service.ask(FUZHOU, "list-imports", limit=1, cursor=newest["next_cursor"])
    found = [each["import"] for page in (newest, oldest) for each in page["items"]]
    assert (sorted(found), oldest["next_cursor"]) == (sorted([first, second]), None)
    one = await service.ask(FUZHOU, "list-import-faults", **{"import": first}, limit=1)
    rest = await service.ask(
        FUZHOU, "list-import-faults", **{"import": first}, limit=1, cursor=one["next_cursor"]
    )
    assert [{each["row"] for each in page["items"]} for page in (one, rest)] == [{2}, {3}]
    assert rest["next_cursor"] is None


async def changes(service: Service, name: str) -> list[tuple[int, str, str, str]]:
    items = (await service.ask(FUZHOU, "list-import-changes", **{"import": name}))["items"]
    return [(each["row"], each["field"], each["old"], each["new"]) for each in items]


async def registered(service: Service, imports: ImportWorker, *numbers: int) -> None:
    outcome, _ = await run(service, imports, [project(number) for number in numbers], "registered")
    assert outcome == (len(numbers), 0, 0)


async def test_a_row_of_a_known_project_is_shown_as_a_change_agreed_to_and_carried_out(
    service: Service, imports: ImportWorker
) -> None:
    """By the commands of the API: a correction has its reason, and what the sheet leaves empty stays."""
    await registered(service, imports, 2, 3)
    await service.ask(FUZHOU, "change-project", project="P-2", enterprise_name="示例厂", reason="补录")
    heading = [*HEADING, "企业名称", "依据"]
    told = [*project(2, total="12,500")["cells"][:6], "2013-01-08", "", "榕经贸〔2013〕9号"]
    rows = [row(2, *told), row(3, *project(3)["cells"], "", ""), row(4, *project(4)["cells"], "", "")]
    name = await sent(service, rows, heading=heading)
    before = await service.events()
    await imports.once()
    assert await service.events() == before
    checked = await view(service, name)
    assert (checked["changing"], checked["faulty"]) == (1, 0)
    assert await changes(service, name) == [
        (2, "total_investment", "12,000", "12,500"),
        (2, "planned_on", "2013-01-10", "2013-01-08"),
        (2, "evidence", "", "榕经贸〔2013〕9号"),
    ]
    asked = await service.refused(FUZHOU, "run-import", **{"import": name}, mode="all")
    assert (asked.code, asked.where) == ("change-not-agreed", "reason")
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all", reason="与企业核对")
    await imports.once()
    done = await view(service, name)
    counts = {each: done[each] for each in ("created", "changed", "unchanged", "refused")}
    assert counts == {"created": 1, "changed": 1, "unchanged": 1, "refused": 0}
    after = await service.ask(FUQING, "get-project", project="P-2")
    assert (after["total_investment"], after["planned_on"], after["enterprise_name"], after["version"]) == (
        "125000000.00",
        "2013-01-08",
        "示例厂",
        3,
    )
    events = [event for event in await service.events() if event not in before]
    kinds = [event.type for event in events]
    assert sorted(kinds) == ["FileImported", "ProjectChanged", "ProjectRegistered", "ProjectStageCorrected"]
    assert {event.data["reason"] for event in events if event.type.startswith("ProjectC")} == {"与企业核对"}
    assert events[-1].data["changed"] == 1


async def test_changes_that_nobody_agreed_to_are_left_out_of_the_good_rows(
    service: Service, imports: ImportWorker
) -> None:
    await registered(service, imports, 2)
    outcome, (fault,) = await run(
        service, imports, [project(2, total="12500"), project(3)], "not agreed", FUZHOU
    )
    assert outcome == (1, 0, 1)
    assert (fault["row"], fault["why"]) == (2, "本行将变更已登记的内容，尚未确认。")
    assert (await service.ask(FUZHOU, "get-project", project="P-2"))["version"] == 1


async def test_a_change_is_carried_out_as_it_was_shown_or_not_at_all(
    service: Service, imports: ImportWorker
) -> None:
    """Somebody else changes the project between preview and run."""
    await registered(service, imports, 2)
    name = await sent(service, [project(2, total="12500")])
    await imports.once()
    assert await changes(service, name) == [(2, "total_investment", "12,000", "12,500")]
    await service.ask(
        FUZHOU, "change-project", project="P-2", total_investment="130000000", reason="概算调整"
    )
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="all", reason="核对")
    before = await service.events()
    await imports.once()
    assert (await view(service, name))["standing"] == "failed"
    assert await service.events() == before
    ((number, _, why),) = await faults(service, name)
    assert (number, "did not show" in why) == (2, True)


async def test_a_change_is_refused_as_the_api_refuses_it_and_half_of_it_is_not_carried_out(
    service: Service, imports: ImportWorker
) -> None:
    await registered(service, imports, 2, 3, 4)
    moved = row(3, *project(3, region="福州市")["cells"])
    odd = row(2, *project(2)["cells"][:5], "13000", "2013-01-08")
    twice = [row(4, *project(4, total="12100")["cells"]), row(5, *project(4, total="12200")["cells"])]
    name = await sent(service, [odd, moved, *twice])
    await imports.once()
    assert [(number, column) for number, column, _ in await faults(service, name)] == [
        (2, "设备投资（万元）"),
        (3, "地区"),
        (5, "项目编号"),
    ]
    assert await changes(service, name) == [(4, "total_investment", "12,000", "12,100")]
    await service.ask(FUZHOU, "run-import", **{"import": name}, mode="good", reason="核对")
    while await imports.once():
        pass
    done = await view(service, name)
    assert (done["changed"], done["refused"]) == (1, 3)
    kept = await service.ask(FUZHOU, "get-project", project="P-2")
    assert (kept["planned_on"], kept["steps_version"]) == ("2013-01-10", 0)


async def test_anothers_project_is_neither_shown_nor_changed(service: Service, imports: ImportWorker) -> None:
    await registered(service, imports, 2)
    rows = [project(2, region="思明区", total="99999")]
    name = await sent(service, rows, actor=XIAMEN)
    await imports.once()
    items = await service.ask(XIAMEN, "list-import-changes", **{"import": name})
    assert items["items"] == []
    (fault,) = (await service.ask(XIAMEN, "list-import-faults", **{"import": name}))["items"]
    assert "12000" not in fault["why"], fault
    assert (fault["field"], fault["cell"]) == ("project", "A2")
