"""Forms of projects: a new one, its next stage, a problem; each role's own, in both languages."""

import json
from datetime import date

import httpx
import pytest

from services.portal.pages.project_forms import following
from services.projects.common.refusal import Refused
from services.projects.projects.stages.decisions.order import advance
from services.projects.projects.stages.facts import Stage, settle, status
from services.projects.projects.stages.facts import Step as DomainStep
from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem, recorded
from tests.kit.portal_forms import WORD, faults, offered, seen, sent

NEW = "/zh/new-project"
PROJECT = "/zh/projects/demo-pm-01"
REGISTER = {
    **WORD,
    "form": "register",
    "name": "示例：纺机\r\n改造",
    "region": "350181",
    "industry": "3551",
    "total_investment": "1.2",
    "equipment_investment": "0.8",
    "programme_TR": "yes",
    "programme_EN": "yes",
}
STAGE = {**WORD, "form": "stage", "stage": "producing", "on": "2013-11-30", "evidence": "榕经贸〔2013〕9号"}
RAISE = {**WORD, "form": "raise", "kind": "land", "text": "用地指标未落实"}


def made(request: httpx.Request) -> httpx.Response | None:
    if request.method == "POST" and request.url.path.endswith("/projects"):
        return httpx.Response(201, json={"project": "P-1"})
    return None


@pytest.mark.parametrize("role", ["province", "city", "county"])
async def test_a_project_is_registered_once_in_yuan_and_its_page_opens(role: str):
    gateway = PlayedGateway(made)
    async with browser(portal(gateway), role) as reader:
        answer = await reader.post(NEW, data=REGISTER)
    assert answer.status_code == 303, answer.text[-900:]
    assert answer.headers["location"] == "/zh/projects/P-1?done=register"
    [(path, body, key)] = sent(gateway)
    assert (path, key) == ("/api/v1/projects", "key-1")
    assert body == {
        "name": "示例：纺机 改造",
        "region": "350181",
        "industry": "3551",
        "total_investment": "120000000.00",
        "equipment_investment": "80000000.00",
        "programmes": ["TR", "EN"],
    }


async def test_a_county_registers_in_itself_and_a_city_in_what_is_under_it():
    for role, codes in (("county", ["350181"]), ("city", ["", "350100", "350181"])):
        async with browser(portal(PlayedGateway()), role) as reader:
            page = markup.check((await reader.get(NEW)).text, "zh")
        [select] = page.all("select")
        assert [each["value"] for each in select.all("option")] == codes


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ("请填写项目名称", "不是金额", "不是日期")),
        ("en", ("Fill in: Name", "is no amount", "is no day")),
    ],
)
async def test_each_fault_is_told_at_its_field_and_what_was_typed_stays(
    language: str, told: tuple[str, str, str]
):
    gateway = PlayedGateway()
    wrong = {**REGISTER, "name": " ", "total_investment": "many", "planned_on": "2013-02-30"}
    wrong.pop("programme_TR")
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.post(NEW.replace("zh", language), data=wrong)
    assert answer.status_code == 422
    page = markup.check(answer.text, language)
    found = faults(page)
    places = ("register-name-fault", "register-total_investment-fault", "register-planned_on-fault")
    assert set(found) == set(places)
    assert all(text in found[place] for place, text in zip(places, told, strict=True))
    typed = {each["name"]: each.attributes.get("value") for each in page.all("input")}
    assert typed["total_investment"] == "many"
    assert typed["industry"] == "3551"
    ticked = {each["name"] for each in page.all("input") if "checked" in each.attributes}
    assert ticked == {"programme_EN"}
    assert sent(gateway) == []


async def test_a_twin_is_asked_back_and_then_confirmed():
    def doubts(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and not json.loads(request.content).get("confirmed"):
            return problem(409, "maybe-the-same", "已有 P-0", where="project", confirm="confirmed")
        return made(request)

    gateway = PlayedGateway(doubts)
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.post(NEW, data=REGISTER)
        assert answer.status_code == 422
        page = markup.check(answer.text, "zh")
        assert "已有 P-0" in page.text
        [confirm] = [each for each in page.all("input") if each["name"] == "confirmed"]
        assert "checked" not in confirm.attributes
        answer = await reader.post(NEW, data={**REGISTER, "confirmed": "yes"})
    assert answer.headers["location"] == "/zh/projects/P-1?done=register"
    assert sent(gateway)[-1][1]["confirmed"] is True


async def test_a_stage_is_reported_against_the_steps_that_were_seen():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(PROJECT)).text, "zh")
        answer = await reader.post(
            PROJECT, data={**STAGE, "steps_version": seen(page, "stage", "steps_version")}
        )
        assert answer.headers["location"] == f"{PROJECT}?done=stage"
        assert "已登记新的阶段" in (await reader.get(answer.headers["location"])).text
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/projects/demo-pm-01/stages"
    assert body == {
        "stage": "producing",
        "on": "2013-11-30",
        "evidence": "榕经贸〔2013〕9号",
        "steps_version": recorded("/projects/{project}")["steps_version"],
    }


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_refused_stage_keeps_what_was_typed_and_says_why_at_the_field(language: str):
    refused = PlayedGateway(
        lambda request: (
            problem(422, "date-order", "早于开工", where="on") if request.method == "POST" else None
        )
    )
    address = PROJECT.replace("zh", language)
    async with browser(portal(refused), "county") as reader:
        page = markup.check((await reader.post(address, data=STAGE)).text, language)
    assert faults(page) == {"stage-on-fault": "早于开工"}
    [day] = [each for each in page.all("input") if each["name"] == "on"]
    assert day["value"] == "2013-11-30"
    [chosen] = [each for each in page.all("option") if "selected" in each.attributes and each["value"]]
    assert chosen["value"] == "producing"


@pytest.mark.parametrize(
    ("role", "forms"),
    [
        ("province", {"stage", "raise"}),
        ("city", {"stage", "raise"}),
        ("county", {"stage", "raise"}),
        ("enterprise", {"raise"}),
        ("ops", set()),
    ],
)
async def test_the_role_decides_which_forms_a_project_has(role: str, forms: set[str]):
    gateway = PlayedGateway()
    async with browser(portal(gateway), role) as reader:
        page = markup.check((await reader.get(PROJECT)).text, "zh")
        assert {"stage", "raise"} & offered(page) == forms
        answer = await reader.post(PROJECT, data=STAGE)
    assert answer.status_code == (303 if "stage" in forms else 422 if forms else 403)
    assert len(sent(gateway)) == ("stage" in forms)


async def test_a_problem_is_raised_by_the_enterprise_too():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "enterprise") as reader:
        answer = await reader.post(PROJECT, data=RAISE)
        assert answer.headers["location"] == f"{PROJECT}?done=raise"
        answer = await reader.post(PROJECT, data={**RAISE, "kind": "magic"})
        assert "没有“magic”这一选项" in markup.check(answer.text, "zh").text
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/problems"
    assert body == {"project": "demo-pm-01", "kind": "land", "text": "用地指标未落实"}


async def test_an_ended_project_has_no_next_stage_and_says_so_to_an_old_form():
    ended = recorded("/projects/{project}") | {"stage": "tracking_ended"}
    gateway = PlayedGateway(
        lambda request: ended if request.url.path.endswith("/projects/demo-pm-01") else None
    )
    async with browser(portal(gateway), "city") as reader:
        assert "stage" not in offered(markup.check((await reader.get(PROJECT)).text, "zh"))
        answer = await reader.post(PROJECT, data=STAGE)
    assert answer.status_code == 422
    assert "这一操作已不适用" in markup.check(answer.text, "zh").text
    assert sent(gateway) == []


@pytest.mark.parametrize("stage", [each for each in Stage if each is not Stage.RESUMED])
def test_every_stage_that_may_follow_can_be_chosen(stage: Stage):
    steps = [DomainStep(each, date(2013, 1, 1), "x", "x") for each in (Stage.PLANNED, stage)]
    state = settle(steps)
    assert status(state) is stage
    for to in Stage:
        try:
            advance(state, to)
        except Refused:
            continue
        if to is not Stage.PRE_REVIEWED:
            assert to.value in following(stage.value), to
