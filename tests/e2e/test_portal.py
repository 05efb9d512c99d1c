"""The portal on the running system: from the first page to a figure's events, and a clerk's report without curl."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from services.portal.pages import all_pages
from tests.kit import markup
from tests.kit.portal import Portal, ok

CITY = "350600"


@asynccontextmanager
async def signed_in(portal: Portal, person: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the running portal, as a demo person."""
    address = portal.system.urls.portal
    async with httpx.AsyncClient(base_url=address, timeout=60, follow_redirects=True) as reader:
        page = markup.check((await reader.get("/zh/sign-in")).text, "zh")
        [word] = {each["value"] for each in page.all("input") if each["name"] == "form_word"}
        answer = await reader.post(
            "/zh/sign-in", data={"form_word": word, "person": person, "next": "/zh/guide"}
        )
        assert answer.status_code == 200, answer.text[:800]
        yield reader


async def test_the_evidence_is_three_clicks_from_the_first_page(portal: Portal) -> None:
    async with signed_in(portal, "province") as reader:
        first = markup.check((await reader.get("/zh/province")).text, "zh")
        city = next(each["href"] for each in first.all("a") if f"/regions/{CITY}" in each["href"])
        second = markup.check((await reader.get(city)).text, "zh")
        evidence = next(each["href"] for each in second.all("a") if "/evidence/TR-6" in each["href"])
        answer = await reader.get(evidence)
        assert answer.status_code == 200
        assert "数字是怎样得出的" in markup.check(answer.text, "zh").text


@pytest.mark.parametrize(
    "person", ["province", "city-350100", "county-350181", "enterprise-demo-FZ01", "ops"]
)
async def test_every_page_of_a_role_is_there(portal: Portal, person: str) -> None:
    """What the played gateway can't show: that the running services take what each page asks them."""
    role = person.partition("-")[0]
    absent = (
        {"/my-enterprise", "/energy", "/new-listing"} if role == "enterprise" else set()
    )  # not registered here
    refused = {}
    async with signed_in(portal, person) as reader:
        for route in all_pages():
            if role in route.roles and "{" not in route.path and route.path not in absent:
                page = await reader.get(f"/zh{route.path}")
                if page.status_code != 200:
                    told = markup.read(page.text).all("main")[0].text
                    refused[route.path] = f"{page.status_code} {' '.join(told.split())}"
    assert refused == {}


async def unreported(portal: Portal) -> str:
    """A month of the plan's year that is over, that the city has not reported, and that takes reports."""
    now = await portal.now()
    for month in (f"2013-{number:02d}" for number in range(1, 13)):
        over = f"{now:%Y-%m}" > month
        if over and (await portal.city(CITY).get(f"/reports/{CITY}/{month}")).status_code == 404:
            # Other tests of this system may have taken the clock past the day on which the month closes.
            consent = {"until": "9999-12-31", "reason": "测试"}
            await portal.province.post(f"/reports/months/{month}/reopenings", json=consent)
            return month
    raise AssertionError("every month is reported")


async def test_a_clerk_files_corrects_and_withdraws_a_report(portal: Portal) -> None:
    month = await unreported(portal)
    page_of = f"/zh/reports/{CITY}/{month}"
    async with signed_in(portal, f"city-{CITY}") as reader:

        async def send(form: str, **typed: str) -> httpx.Response:
            page = markup.check((await reader.get(page_of)).text, "zh")
            [found] = [each for each in page.all("form") if each.attributes.get("id") == form]
            hidden = {
                e["name"]: e["value"] for e in found.all("input") if e.attributes.get("type") == "hidden"
            }
            return await reader.post(page_of, data={**hidden, "projects": "", **typed})

        refused = await send("file", investment="很多")
        assert refused.status_code == 422
        filed = await send("file", investment="20.5")
        if "confirmed" in filed.text and filed.status_code == 422:  # asked back beside the target
            filed = await send("file", investment="20.5", confirmed="yes")
        assert filed.status_code == 200, filed.text[-1500:]
        assert "月报已报送" in filed.text
        assert "20.5000" in filed.text
        corrected = await send("correct", investment="21", reason="补报", confirmed="yes")
        assert "更正已提交" in corrected.text
        report = ok(await portal.city(CITY).get(f"/reports/{CITY}/{month}"))
        assert report["investment"] == "2100000000.00"
        assert report["corrections"] == 1
        withdrawn = await send("withdraw", reason="测试")
        assert "月报已撤回" in withdrawn.text
    assert ok(await portal.city(CITY).get(f"/reports/{CITY}/{month}"))["withdrawn_on"]


async def test_it_is_healthy_measured_and_tells_nobody_a_token(portal: Portal) -> None:
    health = portal.system.urls.health["portal"]
    async with httpx.AsyncClient() as http:
        ready = (await http.get(f"{health}/ready")).json()
        assert ready["checks"].keys() == {"http", "gateway"}
        assert ready["status"] == "ok"
        assert "http_server_request_duration" in (await http.get(f"{health}/metrics")).text
        answer = await http.get(f"{portal.system.urls.portal}/zh/province")
        assert answer.status_code == 303
    async with signed_in(portal, "ops") as reader:
        for path in ("/zh/province", "/zh/desk", "/en/energy", "/zh/quarantine"):
            page = await reader.get(path)
            assert page.status_code == 200
            assert not re.search(r"eyJ[\w-]+\.", page.text)
