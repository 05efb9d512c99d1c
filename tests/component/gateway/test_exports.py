"""Any list as CSV and XLSX: the same filters and rights, all pages, nothing that runs when it is opened."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from services.gateway import exports, openapi
from services.gateway.columns import columns, heading
from services.gateway.contracts import contract
from services.gateway.routes import all_routes
from shared.language import Language
from shared.problems import Problem
from tests.component.gateway.world import CITY, OTHER_CITY, World, project
from tests.kit.portal import START, ok, problem, unique


async def test_a_list_is_exported_with_its_filters_from_the_first_page_to_the_last(world: World):
    portal, tag = world.portal, unique("出口")
    names = [f"=1+1 {tag} {number:03d}" for number in range(3)]
    for name in names:
        body = {**project(unique("P-OUT"), world.home), "name": name}
        ok(await portal.city(CITY).post("/projects", json=body))
    query = {"text": tag}
    answer = await portal.province.get("/projects", params=query, headers={"Accept": exports.CSV})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "projects.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sorted(row["Name"] for row in rows) == [f"'{name}" for name in names], "no formula in a cell"
    assert {row["Total investment (CNY)"] for row in rows} == {"120000000.00"}
    other = await portal.city(OTHER_CITY).get("/projects", params=query, headers={"Accept": exports.CSV})
    assert len(other.text.splitlines()) == 1, "a heading, and nothing of another city"

    answer = await portal.province.get("/projects", params=query, headers={"Accept": exports.XLSX})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    heading, *lines = sheet.iter_rows()
    assert len(lines) == 3
    cells = {head.value: cell for head, cell in zip(heading, lines[0], strict=True)}
    amount, region, day = cells["Total investment (CNY)"], cells["Region"], cells["Registered on"]
    assert (amount.value, amount.number_format) == (120_000_000, "#,##0.00")
    assert (region.value, region.number_format, cells["Region name"].value) == ("350181", "@", "福清市")
    assert isinstance(day.value, datetime), "a day is a day, and not a text"
    assert cells["Industry name"].value == "涤纶纤维制造"
    chinese = {"Accept": exports.XLSX, "Accept-Language": "zh-CN"}
    answer = await portal.province.get("/projects", params=query, headers=chinese)
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    titles = [cell.value for cell in next(sheet.iter_rows())]
    assert {"项目编号", "总投资（元）", "地区代码", "地区名称", "所处阶段名称"} <= set(titles)
    problem(
        await portal.city(OTHER_CITY).get(
            "/projects", params={"region": CITY}, headers={"Accept": exports.CSV}
        ),
        403,
    )


class Asked:
    """A list of so many regions, and how often it was asked."""

    def __init__(self, many: int) -> None:
        self.many, self.calls, self.limits = many, 0, set[str]()

    async def __call__(self, body: dict[str, Any]) -> bytes:
        self.calls += 1
        self.limits.add(body["limit"])
        if int(body["limit"]) > 300:
            raise Problem(413, "answer-too-large", "The answer is too large", "It is.")
        first = int(body.get("cursor", 0))
        last = min(first + int(body["limit"]), self.many)
        items = [{"project": f"{number:06d}", "name": "示例"} for number in range(first, last)]
        return json.dumps({"items": items, "next_cursor": str(last) if last < self.many else None}).encode()


async def exported(media: str, ask: Asked, language: Language = "en") -> bytes:
    async def names() -> exports.Names:
        return {"regions": {"000001": "示例区"}}

    answer = await exports.Exports().answer(
        media, contract("projects", "list-projects"), {}, ask, names, "p-one", language
    )
    return b"".join([part async for part in answer.body_iterator if isinstance(part, bytes)])


async def test_a_workbook_has_every_row_of_a_long_list_in_few_calls():
    """517f57c asked for 200 rows at a time, as often as it took: 18,000 calls for one request."""
    ask = Asked(20_600)
    sheet = load_workbook(io.BytesIO(await exported(exports.XLSX, ask)), read_only=True).worksheets[0]
    heading, *rows = sheet.iter_rows(values_only=True)
    codes = [row[heading.index("Project")] for row in rows]
    assert codes == [f"{number:06d}" for number in range(ask.many)], "codes are texts: 000111 stays"
    assert ask.calls <= 20_600 / 250 + 2
    assert ask.limits == {"500", "250"}, "rows that don't fit into a message come in smaller pages"


async def test_a_list_that_is_too_long_is_refused_and_not_cut():
    with pytest.raises(Problem) as caught:
        await exported(exports.CSV, Asked(exports.MOST_ROWS + 1), "zh")
    assert (caught.value.status, caught.value.code) == (413, "too-many-rows")
    assert "缩小范围" in caught.value.remedy


async def test_one_person_has_one_export_at_a_time():
    running = exports.Exports()

    async def names() -> exports.Names:
        return {}

    async def ask(_: dict[str, Any]) -> bytes:
        with pytest.raises(Problem) as caught:
            await running.answer(exports.CSV, operation, {}, ask, names, "p-one", "en")
        assert (caught.value.status, caught.value.retry_after) == (429, 5)
        return b'{"items": [], "next_cursor": null}'

    operation = contract("projects", "list-projects")
    await running.answer(exports.CSV, operation, {}, ask, names, "p-one", "en")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("\n=1+1", "'\n=1+1"),
        ("\tx", "'\tx"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("-5.25", "-5.25"),
        ("0111", "'0111"),
        ("12345678901234567890", "'12345678901234567890"),
        ("12E5", "'12E5"),
        ("350181", "350181"),
        ("120000000.00", "120000000.00"),
        (["=1", "甲"], "'=1、甲"),
    ],
)
def test_nothing_in_a_csv_is_run_or_counted_that_is_a_text(text: Any, written: str):
    assert exports._text(text) == written


async def test_the_board_is_a_sheet_too(world: World):
    headers = {"Accept": exports.XLSX, "Accept-Language": "zh"}
    answer = await world.portal.province.get("/progress/board", headers=headers)
    assert answer.headers["content-type"] == exports.XLSX, answer.text
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    heading, *rows = sheet.iter_rows(values_only=True)
    assert {"地区代码", "名称", "完成投资·数值", "完成投资·完成率（%）", "完成投资·亮灯"} <= set(heading)
    board = ok(await world.portal.province.get("/progress/board"))
    assert [row[heading.index("地区代码")] for row in rows] == [row["region"] for row in board["rows"]]


async def test_every_page_is_in_it(world: World):
    answer = await world.portal.province.get("/regions", headers={"Accept": f"{exports.CSV}, */*;q=0.1"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    first = ok(await world.portal.province.get("/regions", params={"limit": 1}))
    assert len(rows) > 90
    assert first["items"][0]["code"] == rows[0]["Code"]


async def test_what_is_no_list_is_not_exported(world: World):
    answer = await world.portal.province.get(f"/projects/{world.project}", headers={"Accept": exports.CSV})
    assert problem(answer, 406)["remedy"]
    cursor = {"cursor": "x"}
    problem(await world.portal.province.get("/projects", params=cursor, headers={"Accept": exports.CSV}), 422)


PAGED = [
    route
    for route in all_routes()
    if route.method == "GET"
    and "cursor" in contract(route.service, route.operation).request_object().get("properties", {})
]


@pytest.mark.parametrize("operation", PAGED, ids=lambda route: route.operation)
def test_every_column_of_a_list_has_a_heading_in_both_languages(operation):
    shown = columns(contract(operation.service, operation.operation))
    assert shown
    for column in shown:
        assert heading(column.path[-1]).zh
        assert re.search(r"[\u4e00-\u9fff]|^SHA", column.heading.zh), column
    assert len({column.heading.zh for column in shown}) == len(shown), "no two columns are called the same"
    assert len({column.heading.en for column in shown}) == len(shown)


def test_the_document_says_which_routes_answer_with_sheets():
    for route in PAGED:
        answers = openapi.describe(route)["responses"]
        assert {exports.CSV, exports.XLSX} <= answers["200"]["content"].keys(), route.path
        assert {"413", "429"} <= answers.keys()


async def test_raw_readings_and_energy_lists_are_sheets(world: World):
    """A meter's readings as they came, with what a later POST superseded, and its day with what is parked."""
    meter = await world.new_meter()
    begin = START - timedelta(days=1)
    values = {0: 1000, 15: 1007, 30: 1012}
    await world.works.send(meter, [(begin + timedelta(minutes=n), value) for n, value in values.items()])
    await world.works.send(meter, [(begin + timedelta(minutes=15), 1005)])
    portal, path = world.portal.city(CITY), f"/meters/{meter}/readings"
    query = {"from": f"{begin - timedelta(days=1):%Y-%m-%d}", "to": f"{begin + timedelta(days=1):%Y-%m-%d}"}
    answer = await portal.get(path, params=query, headers={"Accept": exports.CSV})
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Value"] for row in rows] == ["1000", "1005", "1012"]
    assert [row["Superseded values"] for row in rows] == ["", "1007", ""]
    answer = await portal.get(
        path, params=query, headers={"Accept": exports.XLSX, "Accept-Language": "zh-CN"}
    )
    heading, *lines = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    assert [dict(zip(heading, line, strict=True))["数值"] for line in lines] == [1000, 1005, 1012]
    answer = await portal.get(
        f"/meters/{meter}/energy/periods", params=query, headers={"Accept": exports.CSV}
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sum(Decimal(row["Energy"] or 0) for row in rows) == 12, rows
    assert {row["Energy to be looked at"] for row in rows} == {"0"}
