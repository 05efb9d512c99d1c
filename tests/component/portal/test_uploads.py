"""A spreadsheet is sent as it is, checked before it runs, followed while it runs; what is wrong is told row by row."""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem, recorded
from tests.kit.portal_forms import WORD, faults, offered, sent

NEW = "/zh/new-import/projects"
ONE = "/zh/imports/imp-1"
BYTES = bytes(range(256)) + b"\r\n--x\r\n" + "项目".encode()


def standing(how: str) -> PlayedGateway:
    """A gateway where the import stands so."""
    answer = recorded("/imports/{import}") | {"standing": how}

    def before(request: httpx.Request) -> dict[str, Any] | None:
        return answer if request.method == "GET" and request.url.path == "/api/v1/imports/imp-1" else None

    return PlayedGateway(before)


@pytest.mark.parametrize("name", ["项目 2013.xlsx", "a.csv", "b.XLSX"])
async def test_a_file_reaches_the_gateway_byte_by_byte_under_the_form_s_key(name: str):
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(NEW)).text, "zh")
        [form] = [each for each in page.all("form") if each.attributes.get("id") == "upload"]
        assert form["enctype"] == "multipart/form-data"
        answer = await reader.post(NEW, data={**WORD, "form": "upload"}, files={"file": (name, BYTES)})
    assert answer.headers["location"] == "/zh/imports/made-1?done=upload"
    [asked] = [each for each in gateway.asked if each.method == "POST"]
    assert asked.url.path == "/api/v1/imports/projects"
    assert asked.content == BYTES
    assert asked.headers["idempotency-key"] == "key-1"
    assert asked.headers["file-name"].isascii()
    assert asked.headers["content-type"] == (
        "text/csv"
        if name.endswith("csv")
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_file_and_a_refused_one_are_told_at_the_field(language: str):
    def refuses(request: httpx.Request) -> httpx.Response | None:
        return problem(422, "unreadable-file", "不是工作簿") if request.method == "POST" else None

    address = NEW.replace("zh", language)
    async with browser(portal(PlayedGateway(refuses)), "county") as reader:
        empty = await reader.post(address, data={**WORD, "form": "upload"}, files={"file": ("", b"")})
        assert empty.status_code == 422
        assert set(faults(markup.check(empty.text, language))) == {"upload-file-fault"}
        answer = await reader.post(
            address, data={**WORD, "form": "upload"}, files={"file": ("a.xlsx", b"PK")}
        )
    assert answer.status_code == 422
    assert faults(markup.check(answer.text, language)) == {"upload-file-fault": "不是工作簿"}


async def test_a_file_from_elsewhere_too_large_or_cut_off_is_refused():
    gateway = PlayedGateway()
    app = portal(gateway)
    async with browser(app, "city") as reader:
        forged = await reader.post(NEW, data={**WORD, "form_word": "guess"}, files={"file": ("a.csv", b"a")})
        assert forged.status_code == 403
        large = await reader.post(NEW, data=WORD, files={"file": ("a.csv", b"a" * 10_200_000)})
        assert large.status_code == 413
        plain = await reader.post(NEW, data=WORD)
        assert plain.status_code == 415
        headers = {"content-type": "multipart/form-data; boundary=xyz"}
        for body in (b"", b"--xyz\r\n", b"--xyz\r\n\r\n\r\n--xyz--", b"--xyz\r\nname\r\n\r\n1\r\n--xyz--"):
            cut = await reader.post(NEW, content=body, headers=headers)
            assert cut.status_code in (403, 422), body
        assert (await reader.get("/zh/new-import/magic")).status_code == 404
    assert sent_files(gateway) == []


def sent_files(gateway: PlayedGateway) -> list[str]:
    return [each.url.path for each in gateway.asked if each.method == "POST"]


@pytest.mark.parametrize(
    ("how", "forms", "live"),
    [
        ("receiving", set(), True),
        ("checking", set(), True),
        ("checked", {"run"}, False),
        ("running", set(), True),
        ("finished", set(), False),
        ("failed", {"run"}, False),
    ],
)
async def test_its_standing_decides_whether_it_runs_and_renews_itself(how: str, forms: set[str], live: bool):
    async with browser(portal(standing(how)), "city") as reader:
        text = (await reader.get(ONE)).text
    assert offered(markup.check(text, "zh")) == forms
    assert ("live.js" in text) is live


async def test_faults_and_changes_stand_there_before_it_runs():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
        assert "写成 12000" in page.text
        assert "97000" in page.text
        data = {**WORD, "form": "run", "mode": "good", "reason": "统计口径调整"}
        assert (await reader.post(ONE, data=data)).headers["location"] == f"{ONE}?done=run"
    body = {"mode": "good", "reason": "统计口径调整"}
    assert sent(gateway) == [("/api/v1/imports/imp-1/run", body, "key-1")]


async def test_a_template_is_handed_on_as_a_file():
    content = b"PK\x03\x04 workbook"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def template(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/template"):
            return httpx.Response(200, content=content, headers={"content-type": media})
        return None

    gateway = PlayedGateway(template)
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.get(f"{NEW}/template")
        assert answer.content == content
        assert answer.headers["content-type"] == media
        assert 'filename="projects-template.xlsx"' in answer.headers["content-disposition"]
    async with browser(portal(gateway), "enterprise") as reader:
        assert (await reader.get(f"{NEW}/template")).status_code == 403
    async with browser(portal(gateway)) as reader:
        assert (await reader.get(f"{NEW}/template")).status_code == 303
