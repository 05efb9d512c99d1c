"""Every page × role × language over a played gateway: complete, labelled, within the policy, and telling no token."""

import json
import re
from typing import Any

import httpx
import jsonschema
import pytest

from services.gateway.main import PREFIX
from services.portal.pages import all_pages
from services.portal.roles import ROLES
from services.portal.words import known
from tests.kit import markup
from tests.kit.played_gateway import (
    ANSWERS,
    CONTRACT,
    PlayedGateway,
    browser,
    file_of,
    portal,
    problem,
    recorded,
    settings,
)

SAMPLES = {
    "region": "350100",
    "target": "TR-6a",
    "project": "demo-pm-01",
    "problem": "demo-q-power",
    "enterprise": "demo-FZ01",
    "month": "2013-11",
    "document": "demo-bulletin-2013-01",
    "plan": "fujian-2013",
    "year": "2013",
    "duty": "TR-25a",
    "period": "2012",
    "import": "imp-1",
    "kind": "projects",
    "meter": "FZ01-1",
    "reading": "229",
    "listing": "N-2013-0042",
    "need": "N-2013-0042",
    "offer": "C-2013-0007",
    "designation": "QYJSZX-2013-01",
    "meeting": "demo-dispatch-04",
    "ceremony": "618-2013",
    "diagnosis": "ZD-2013-03",
    "measure": "CS-2013-01",
    "investor_kind": "private",
    "fund": "TR-19",
    "application": "demo-subsidy-02",
    "award": "fujian-2013.2013.350100",
}
PAGES = {route.path: route for route in all_pages()}


def reader_of(path: str) -> str:
    """A role that may see the page: the province, who may see most, wherever it may."""
    return "province" if "province" in PAGES[path].roles else PAGES[path].roles[0]


def address(path: str, language: str = "zh", suffix: str = "") -> str:
    return f"/{language}{path.format(**SAMPLES)}{suffix}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_whole_for_who_may_see_it_and_says_so_to_who_may_not(
    path: str, role: str, language: str
):
    async with browser(portal(PlayedGateway()), role) as reader:
        answer = await reader.get(address(path, language))
        assert answer.status_code == (200 if role in PAGES[path].roles else 403), answer.text[-900:]
        root = markup.check(answer.text, language)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" in answer.headers["cache-control"]
        menu = {each["href"].partition("?")[0] for each in root.all("nav")[0].all("a")}
        allowed = {f"/{language}{each.path}" for each in PAGES.values() if each.menu and role in each.roles}
        assert menu == allowed


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_of_a_page_leads_to_a_page(path: str):
    app = portal(PlayedGateway())
    async with browser(app, reader_of(path)) as reader:
        root = markup.check((await reader.get(address(path))).text, "zh")
        links = {each["href"].partition("#")[0] for each in root.all("a") if each["href"][0] == "/"}
        for link in sorted(links):
            answer = await reader.get(link)
            assert answer.status_code in (200, 303), f"{link}: {answer.status_code}"


@pytest.mark.parametrize("path", PAGES)
async def test_page_csv_xlsx_and_json_say_the_same_to_the_digit(path: str):
    from io import BytesIO

    from openpyxl import load_workbook

    async with browser(portal(PlayedGateway()), reader_of(path)) as reader:
        page = markup.check((await reader.get(address(path))).text, "zh")
        told = json.loads((await reader.get(address(path, suffix=".json"))).content)
        csv = await reader.get(address(path, suffix=".csv"))
        book = load_workbook(BytesIO((await reader.get(address(path, suffix=".xlsx"))).content))
    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert told["title"] == page.all("h1")[0].text
    in_sheets = [
        value
        for sheet in book.worksheets[:-1]
        for row in sheet.iter_rows(min_row=4, values_only=True)
        for value in row
        if isinstance(value, float | int)
    ]
    in_json = [
        float(row[column["key"]])
        for figure in told["figures"]
        for column in figure.get("columns", ())
        if column["kind"] in ("number", "points")
        for row in figure["rows"]
        if row[column["key"]] is not None
    ]
    assert sorted(in_sheets) == sorted(in_json)
    shown = page.text.replace(",", "").replace("−", "-").replace("+", "")
    for value in in_json:
        assert f"{value:.10g}".removesuffix(".0") in shown, value
        assert f"{value:.10g}".removesuffix(".0") in csv.text, value


async def test_no_page_has_the_token():
    async with browser(portal(PlayedGateway()), "province") as reader:
        sealed = next(iter(reader.cookies.values()))
        for path in PAGES:
            answer = await reader.get(address(path))
            assert sealed not in answer.text
            assert "Bearer" not in answer.text


@pytest.mark.parametrize("suffix", ["", ".csv", ".json"])
@pytest.mark.parametrize(
    ("status", "code"), [(403, "forbidden"), (404, "not-found"), (422, "invalid"), (503, "unavailable")]
)
async def test_a_refusal_of_the_gateway_is_a_page_in_words(status: int, code: str, suffix: str):
    gateway = PlayedGateway(lambda _: problem(status, code, "没有这个", remedy="换一个"))
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.get(f"/zh/projects{suffix}")
    assert answer.status_code == status
    root = markup.check(answer.text, "zh")
    assert "没有这个" in root.text
    assert "换一个" in root.text


async def test_a_gateway_that_is_away_is_told_in_words():
    def away(_: httpx.Request) -> None:
        raise httpx.ConnectError("refused")

    async with browser(portal(PlayedGateway(away)), "province") as reader:
        answer = await reader.get("/en/province")
    assert answer.status_code == 503
    assert "gives no answer" not in answer.text
    assert "The gateway gave no answer: ConnectError." in markup.check(answer.text, "en").text


async def test_what_fails_with_us_shows_no_stack():
    gateway = PlayedGateway(
        lambda request: {"items": None} if request.url.path.endswith("/projects") else None
    )
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.get("/zh/projects")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    markup.check(answer.text, "zh")


@pytest.mark.parametrize(
    "query", ["as_of=yesterday", "as_of=0001-01-01", "metric=secret", "view=hologram", "as_of=2013-02-30"]
)
async def test_a_filter_that_can_not_be_is_refused_in_words(query: str):
    async with browser(portal(PlayedGateway()), "province") as reader:
        answer = await reader.get(f"/zh/province?{query}")
    assert answer.status_code == 422
    markup.check(answer.text, "zh")


async def test_a_past_day_is_asked_of_the_gateway_and_stays_in_every_link():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "province") as reader:
        root = markup.check((await reader.get("/zh/province?as_of=2013-09-30")).text, "zh")
    asked = next(each for each in gateway.asked if each.url.path.endswith("/board"))
    assert asked.url.params["as_of"] == "2013-09-30T23:59:59+08:00"
    cities = [each["href"] for each in root.all("a") if "/regions/" in each["href"]]
    assert cities
    assert all("as_of=2013-09-30" in each for each in cities)
    assert "live.js" not in str([each.attributes for each in root.all("script")])


async def test_no_plan_is_an_empty_page_and_not_a_failure():
    board = recorded("/progress/board") | {"plan": None, "rows": []}
    gateway = PlayedGateway(lambda request: board if request.url.path.endswith("/board") else None)
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.get("/zh/province")
    assert answer.status_code == 200
    assert "尚未发布行动计划" in markup.check(answer.text, "zh").text


async def test_no_list_of_key_users_is_an_empty_page_and_not_a_failure():
    gateway = PlayedGateway(
        lambda asked: problem(404, "not-found", "没有名单") if asked.url.path.endswith("/coverage") else None
    )
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.get("/zh/energy")
    assert answer.status_code == 200
    assert "没有名单" in markup.check(answer.text, "zh").text


async def test_what_changed_since_last_month_is_told_in_sentences():
    def a_month_ago(request: httpx.Request) -> dict[str, Any] | None:
        if not request.url.path.endswith("/board") or "as_of" not in request.url.params:
            return None
        board = recorded("/progress/board")
        for row in board["rows"]:
            if row["region"] == "350100":
                row["investment"] |= {"gap_points": "-6.10", "light": "red", "rank": 5}
        return board

    async with browser(portal(PlayedGateway(a_month_ago)), "province") as reader:
        root = markup.check((await reader.get("/zh/province")).text, "zh")
    assert "福州市与序时进度之差改善 10.0 个百分点，现为 +3.9。 由红灯转为绿灯。" in root.text
    assert "▲3" in root.text


async def test_missing_is_a_dash_and_never_zero():
    board = recorded("/progress/board")
    for row in board["rows"]:
        if row["investment"]:
            row["investment"] |= {"value": None, "completion": None, "gap_points": None, "light": "grey"}
    gateway = PlayedGateway(lambda request: board if request.url.path.endswith("/board") else None)
    async with browser(portal(gateway), "province") as reader:
        root = markup.check((await reader.get("/zh/province")).text, "zh")
    [done] = [each for each in root.all("li") if "累计完成" in each.text]
    assert "—" in done.text
    assert "0" not in done.text


async def test_borders_are_shown_in_production_only_under_an_approval_number():
    made = settings().model_copy(update={"environment": "production"})
    async with browser(portal(PlayedGateway(), made), "province") as reader:
        page = markup.check((await reader.get("/zh/province")).text, "zh")
        forced = markup.check((await reader.get("/zh/province?view=map")).text, "zh")
    assert not [each for each in page.all("pattern") if each["id"].startswith("map-")]
    assert not [each for each in forced.all("pattern") if each["id"].startswith("map-")]
    approved = made.model_copy(update={"map_approval": "闽S（2013）1号"})
    async with browser(portal(PlayedGateway(), approved), "province") as reader:
        page = markup.check((await reader.get("/zh/province")).text, "zh")
    assert "闽S（2013）1号" in page.text
    assert "不作为划界依据" in page.text


@pytest.mark.parametrize("file", sorted(ANSWERS.glob("*.json")), ids=lambda file: file.stem)
def test_the_kept_answers_are_what_the_api_promises(file: Any):
    document = json.loads(CONTRACT.read_text("utf-8"))
    path = next(
        template
        for template, methods in document["paths"].items()
        if "get" in methods and file_of(template.removeprefix(PREFIX)) == file
    )
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(
        json.loads(file.read_text("utf-8"))
    )


def test_every_word_is_there_in_both_languages():
    assert len(known()) > 400
    for key, (zh, en) in known().items():
        assert set(re.findall(r"\{\w*\}", zh)) == set(re.findall(r"\{\w*\}", en)), key


async def test_the_county_that_lacks_reserve_projects_stands_first():
    async with browser(portal(PlayedGateway()), "city") as reader:
        told = json.loads((await reader.get("/zh/reserve.json")).content)
        projects = markup.check((await reader.get("/zh/projects")).text, "zh")
    [counties] = told["figures"]
    assert [(row["region"], row["short_by"]) for row in counties["rows"]] == [
        ("福清市", "1"),
        ("闽侯县", "0"),
    ]
    assert "/zh/reserve" in {each["href"] for each in projects.all("a")}
