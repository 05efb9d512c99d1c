"""Which contracts of a year haven't started, and whose they are; and the closing of a cohort."""

import json

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, recorded
from tests.kit.portal_forms import WORD, offered, sent

ONE = "/zh/cohorts/private/2012"


async def test_the_contracts_of_2012_that_have_not_started_stand_there_with_their_regions():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "province") as reader:
        projects = markup.check((await reader.get("/zh/projects")).text, "zh")
        assert "/zh/cohorts" in {each["href"] for each in projects.all("a")}
        gateway.asked.clear()
        told = json.loads((await reader.get("/zh/cohorts.json?region=350900")).content)
    asked = [dict(each.url.params) for each in gateway.asked if each.url.path.endswith("/members")]
    assert asked == [{"standing": "not_started", "limit": "200", "region": "350900"}] * 3
    waiting = next(each for each in told["figures"] if each["name"] == "cohort-waiting")
    assert {"示例：不锈钢深加工"} <= {row["project"] for row in waiting["rows"]}
    assert "宁德市" in {row["region"] for row in waiting["rows"]}


async def test_the_members_are_narrowed_by_the_address():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        await reader.get(f"{ONE}?standing=not_started&as_of=2013-06-30")
        assert (await reader.get(f"{ONE}?standing=lost")).status_code == 422
    [asked] = [each.url.params for each in gateway.asked if each.url.path.endswith("/members")]
    assert dict(asked) == {"standing": "not_started", "on": "2013-06-30", "limit": "50"}


@pytest.mark.parametrize(
    ("role", "closed", "forms"),
    [("province", None, {"close_cohort"}), ("province", "2013-01-05", set()), ("city", None, set())],
)
async def test_the_province_closes_it_once(role: str, closed: str | None, forms: set[str]):
    cohort = recorded("/cohorts/{investor_kind}/{year}") | {"closed_on": closed}

    def before(request: httpx.Request) -> dict[str, object] | None:
        at = request.url.path
        return cohort if request.method == "GET" and at.endswith("/cohorts/private/2012") else None

    gateway = PlayedGateway(before)
    async with browser(portal(gateway), role) as reader:
        assert offered(markup.check((await reader.get(ONE)).text, "zh")) == forms
        answer = await reader.post(ONE, data={**WORD, "form": "close_cohort"})
    assert answer.status_code == (303 if forms else 422 if role == "province" else 403)
    assert [path for path, _, _ in sent(gateway)] == (["/api/v1/cohorts/private/2012"] if forms else [])
