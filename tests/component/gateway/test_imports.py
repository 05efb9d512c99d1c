"""Spreadsheets through the gateway: sent as files, checked, run, and told on the stream."""

import io
from typing import Any

from openpyxl import Workbook

from tests.component.gateway.world import CITY, World
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADING = ["项目编号", "项目名称", "地区", "行业代码", "总投资（万元）", "设备投资（万元）", "策划日期"]


def file(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in (HEADING, *rows):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def standing(world: World, name: str, *wanted: str) -> Any:
    async def found() -> Any:
        view = ok(await world.portal.city(CITY).get(f"/imports/{name}"))
        return view if view["standing"] in wanted else None

    return await wait_for(found, 20, f"the import is {wanted}")


async def test_a_workbook_is_previewed_and_its_good_rows_become_projects(world: World):
    city, names = world.portal.city(CITY), [unique("P-FILE") for _ in range(2)]
    content = file(
        [names[0], "纺织技改项目", "福清市", 1751, 12000, 8350, "2013-01-10"],
        [names[1], "化工技改项目", "思明区", 2614, 12000, 8350, "2013-01-10"],
        ["", "=A2", "福清市", 1751, 12000, 8350, "2013-01-10"],
    )
    headers = {
        "Content-Type": XLSX,
        "File-Name": "%E9%A1%B9%E7%9B%AE.xlsx",
        "Idempotency-Key": unique("file"),
    }
    sent = [await city.post("/imports/projects", content=content, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201], sent[0].text
    name = sent[0].json()["import"]
    assert sent[1].json()["import"] == name, "the same file under the same key is there once"
    checked = await standing(world, name, "checked")
    assert (checked["rows"], checked["faulty"], checked["file_name"]) == (3, 2, "项目.xlsx")
    faults = ok(await city.get(f"/imports/{name}/faults"))["items"]
    assert [(each["row"], each["column"]) for each in faults] == [(3, ""), (4, "项目名称")]
    problem(await city.post(f"/imports/{name}/run", json={"mode": "all"}), 422)
    ok(await city.post(f"/imports/{name}/run", json={"mode": "good"}))
    done = await standing(world, name, "finished")
    assert (done["created"], done["refused"]) == (1, 2)
    assert ok(await city.get(f"/projects/{names[0]}"))["total_investment"] == "120000000.00"
    async with jetstream(world.portal.system) as js:

        async def told() -> bool:
            last = await js.get_last_msg("PROJECTS", "projects.FileImported")
            return name.encode() in (last.data or b"")

        await wait_for(told, 20, "the import on the stream")


async def test_a_file_of_fifty_megabytes_and_one_of_another_kind_are_refused(world: World):
    city = world.portal.city(CITY)
    headers = {"Content-Type": "text/csv"}
    large = problem(await city.post("/imports/projects", content=b"x" * 50_000_001, headers=headers), 413)
    assert large["code"] == "body-too-large"
    many = ("\n".join([",".join(HEADING), *["1"] * 20_001])).encode()
    assert problem(await city.post("/imports/projects", content=many, headers=headers), 413)["remedy"]
    problem(await city.post("/imports/projects", content=b"PK\x03\x04rest", headers=headers), 422)
    problem(await city.post("/imports/cakes", content="名称\n1\n".encode(), headers=headers), 422)
    wrong = problem(await city.post("/imports/projects", content="颜色\n1\n".encode(), headers=headers), 422)
    assert wrong["where"] == "heading"
