"""Browsers: documentation without the internet, a way in from /, and pages of other origins where they are allowed."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from services.gateway.main import create_app
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.identity import Actor
from tests.kit.gateway import PlayedServices, caller, settings, token

PORTAL = "https://portal.example.cn"


async def nothing(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
    return {"items": [], "next_cursor": None}


def made(**more: Any) -> tuple[Any, PlayedServices]:
    door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]  # nobody steps it here
    services = PlayedServices(nothing)
    return create_app(settings(**more), services, door), services


async def test_the_documentation_needs_nothing_from_elsewhere() -> None:
    """It was blank without the internet: its script came from a CDN."""
    async with caller(made()[0]) as reader:
        led = await reader.get("http://gateway/")
        assert (led.status_code, led.headers["location"]) == (307, "/docs")
        page = await reader.get("http://gateway/docs")
        wanted = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        files = [each for each in wanted if not each.startswith("data:")]
        assert len(files) == 2
        for file in files:
            assert file.startswith("/"), f"{file} is somebody else's"
            answer = await reader.get(f"http://gateway{file}")
            assert answer.status_code == 200
            assert len(answer.content) > 10_000
        assert "//" not in page.headers["content-security-policy"], "no other host may be asked"
        assert (await reader.get("http://gateway/openapi.json")).json()["openapi"].startswith("3.")


async def test_pages_of_no_other_origin_may_read_by_default() -> None:
    async with caller(made()[0], token("one")) as page:
        answer = await page.get("/projects", headers={"Origin": PORTAL})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_pages_of_a_named_origin_may() -> None:
    app, _ = made(cors_origins=f"{PORTAL}, http://localhost:5173")
    asked = {
        "Origin": PORTAL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key,content-type",
    }
    async with caller(app, token("one")) as page, caller(app) as browser:
        answer = await page.get("/projects", headers={"Origin": PORTAL})
        assert answer.headers["access-control-allow-origin"] == PORTAL
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
        preflight = await browser.options("/projects", headers=asked)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, PORTAL)
        other = await browser.options("/projects", headers={**asked, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        refused = await browser.get("/projects", headers={"Origin": PORTAL})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PORTAL)


async def test_preflights_are_counted_too() -> None:
    app, _ = made(cors_origins=PORTAL, anonymous_burst=2, anonymous_per_second=0.001)
    asked = {"Origin": PORTAL, "Access-Control-Request-Method": "GET"}
    async with caller(app) as browser:
        answers = [await browser.options("/projects", headers=asked) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


@pytest.mark.parametrize("origin", ["*", "portal.example.cn", f"{PORTAL}/app", "null"])
def test_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValidationError, match="SHENGJI_CORS_ORIGINS"):
        settings(cors_origins=origin)


async def test_an_offset_whose_plus_was_not_encoded_is_understood() -> None:
    app, services = made()
    async with caller(app, token("one")) as reader:
        await reader.get("http://gateway/api/v1/progress/board?as_of=2013-05-01T00:00:00+08:00")
    assert services.asked[-1][2]["as_of"] == "2013-05-01T00:00:00+08:00"


def test_the_document_has_what_answers() -> None:
    app, _ = made()
    paths = app.openapi()["paths"]
    listed = paths["/api/v1/projects"]["get"]
    assert {"200", "304", "406", "408", "429", "503"} <= listed["responses"].keys()
    assert "text/csv" in listed["responses"]["200"]["content"]
    assert "If-None-Match" in {each["name"] for each in listed["parameters"]}
