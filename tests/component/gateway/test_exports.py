"""Any list as CSV and XLSX: the same filters and rights, all pages, nothing that runs when it is opened."""

import csv
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from services.gateway import exports
from services.gateway.contracts import contract
from services.gateway.routes import all_routes
from tests.component.gateway.world import CITY, OTHER_CITY, World, project
from tests.kit.portal import ok, problem, unique


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
    assert sorted(row["name"] for row in rows) == [f"'{name}" for name in names], "no formula in a cell"
    assert {row["total_investment"] for row in rows} == {"120000000.00"}
    other = await portal.city(OTHER_CITY).get("/projects", params=query, headers={"Accept": exports.CSV})
    assert len(other.text.splitlines()) == 1, "a heading, and nothing of another city"

    answer = await portal.province.get("/projects", params=query, headers={"Accept": exports.XLSX})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    heading, *lines = sheet.iter_rows(values_only=True)
    assert len(lines) == 3
    assert dict(zip(heading, lines[0], strict=True))["total_investment"] == 120_000_000
    problem(
        await portal.city(OTHER_CITY).get(
            "/projects", params={"region": CITY}, headers={"Accept": exports.CSV}
        ),
        403,
    )


async def test_a_workbook_has_every_row_of_a_list_of_any_length():
    many = 20_000 + 600

    async def ask(body: dict[str, Any]) -> bytes:
        first = int(body.get("cursor", 0))
        items = [{"code": f"{number:06d}", "name": "示例区"} for number in range(first, first + 200)]
        return json.dumps(
            {"items": items, "next_cursor": str(first + 200) if first + 200 < many else None}
        ).encode()

    answer = await exports.answer(exports.XLSX, contract("assessment", "list-regions"), {}, ask)
    content = b"".join([part async for part in answer.body_iterator if isinstance(part, bytes)])
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    heading, *rows = sheet.iter_rows(values_only=True)
    codes = [row[heading.index("code")] for row in rows]
    assert codes == [f"{number:06d}" for number in range(many)]


async def test_every_page_is_in_it(world: World):
    answer = await world.portal.province.get("/regions", headers={"Accept": f"{exports.CSV}, */*;q=0.1"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    first = ok(await world.portal.province.get("/regions", params={"limit": 1}))
    assert len(rows) > 90
    assert first["items"][0]["code"] == rows[0]["code"]


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
def test_every_list_has_columns(operation):
    assert exports.columns(contract(operation.service, operation.operation))
