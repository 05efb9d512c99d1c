"""Spreadsheets through the gateway: sent as files, checked, run, and told on the stream."""

import io
from typing import Any

import httpx
from openpyxl import Workbook, load_workbook

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


async def standing(world: World, name: str, wanted: str) -> Any:
    return await reached(world.portal.city(CITY), name, wanted)


async def reached(clerk: httpx.AsyncClient, name: str, wanted: str) -> Any:
    async def found() -> Any:
        view = ok(await clerk.get(f"/imports/{name}"))
        return view if view["standing"] == wanted else None

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


CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


async def test_a_preview_says_what_was_read_and_what_was_left_out_in_the_readers_language(world: World):
    """517f57c read the first sheet, hidden or not, and mentioned nothing of the rest."""
    book, name = Workbook(), unique("P-SEEN")
    book.active.append(HEADING)  # type: ignore[union-attr]
    book.worksheets[0].title, book.worksheets[0].sheet_state = "旧表", "hidden"
    sheet = book.create_sheet("技改项目")
    for row in (
        ["2013年技改项目表"],
        [*HEADING, None],
        [name, f"{name}项目", "福清市", "0610", 12000, 8350, "2013-01-10", "联系人"],
        ["", f"{name}异", "福清市", "9999", 12000, "8350,5", "2013-01-10"],
        ["合计", "合计", "福清市", "1751", 24000, 16700, "2013-01-10"],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    city = world.portal.city(CITY)
    headers = {"Content-Type": XLSX, **CHINESE}
    opened = ok(await city.post("/imports/projects", content=out.getvalue(), headers=headers))
    assert (opened["sheet"], opened["heading_row"], opened["rows"]) == ("技改项目", 2, 2)
    assert [(each["column"], each["field"]) for each in opened["columns"]][:2] == [
        ("A", "project"),
        ("B", "name"),
    ]
    left_out = {each["code"]: each for each in opened["left_out"]}
    assert set(left_out) == {"hidden-sheet", "above-headings", "sums", "no-heading"}
    assert left_out["sums"]["why"] == "第 5 行是合计行，未读取。"
    await standing(world, opened["import"], "checked")
    english = ok(await city.get(f"/imports/{opened['import']}"))["left_out"]
    assert [each["why"] for each in english if each["code"] == "sums"] == ["Row 5 is a row of sums."]
    path = f"/imports/{opened['import']}/faults"
    found = ok(await city.get(path, headers=CHINESE))["items"]
    assert [(each["cell"], each["column"], each["why"]) for each in found] == [
        ("F4", "设备投资（万元）", "“8350,5”不是数字。")
    ]
    assert "千分位" in found[0]["remedy"]
    assert "thousands" in ok(await city.get(path))["items"][0]["remedy"]


async def test_a_filled_template_is_read_without_a_word(world: World):
    city = world.portal.city(CITY)
    for kind in ("projects", "reports", "needs", "results"):
        for language in ("zh", "en"):
            headers = {"Accept-Language": language}
            answer = await city.get(f"/import-kinds/{kind}/template", headers=headers)
            assert answer.headers["content-type"] == XLSX, answer.text
            book = load_workbook(io.BytesIO(answer.content))
            data, about, *lists = book.worksheets
            assert any(each.title == "list-regions" for each in lists)
            assert all(validation.formula1 for validation in data.data_validations.dataValidation)
            rows = list(about.iter_rows(min_row=2, values_only=True))
            assert [cell.value for cell in data[1]] == [row[0] for row in rows]
            data.append([row[3] for row in rows])
            out = io.BytesIO()
            book.save(out)
            sent = await city.post(f"/imports/{kind}", content=out.getvalue(), headers={"Content-Type": XLSX})
            opened = ok(sent)
            assert (opened["rows"], opened["left_out"]) == (1, []), (kind, language)
            checked = await standing(world, opened["import"], "checked")
            found = ok(await city.get(f"/imports/{opened['import']}/faults"))["items"]
            # The example's project isn't there to report on; all that is read of it is right.
            assert checked["faulty"] == (1 if kind == "reports" else 0), (kind, language, found)
    problem(await city.get("/import-kinds/cakes/template"), 404)


async def test_identical_files_of_two_clerks_of_one_office_are_one(world: World):
    """517f57c made a row's id of who sent it, too: every project was registered twice."""
    rows = [["", unique("同一项目"), "福清市", 1751, 12000, 8350, "2013-01-10"] for _ in range(2)]
    clerks = [world.portal.caller("city", area=CITY, person=unique("clerk")) for _ in range(2)]
    outcomes = []
    for clerk in clerks:
        name = ok(await clerk.post("/imports/projects", content=file(*rows), headers={"Content-Type": XLSX}))[
            "import"
        ]

        await reached(clerk, name, "checked")
        ok(await clerk.post(f"/imports/{name}/run", json={"mode": "all"}))
        done = await reached(clerk, name, "finished")
        outcomes.append((done["created"], done["unchanged"]))
    assert outcomes == [(2, 0), (0, 2)]
