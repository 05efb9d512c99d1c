"""The year's decisions: designations, scores and summonses, meetings, pre-reviews, ceremonies, diagnoses, measures.

Every form is sent once by test_every_form; here stands which of them there are, for whom, and what they send.
"""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem, recorded
from tests.kit.portal_forms import WORD, faults, offered, sent

YEAR = "/zh/appraisal/fujian-2013/2013"
MEETING = "/zh/meetings/demo-dispatch-04"


def answering(template: str, end: str, **changes: Any) -> PlayedGateway:
    """A gateway that answers the question of that path so."""
    answer = recorded(template) | changes

    def before(request: httpx.Request) -> dict[str, Any] | None:
        return answer if request.method == "GET" and request.url.path == f"/api/v1{end}" else None

    return PlayedGateway(before)


def year(region: str = "350100", **city: Any) -> PlayedGateway:
    """An appraisal where the city of that region stands so."""
    found = recorded("/plans/{plan}/appraisals/{year}")
    cities = [each | city if each["region"] == region else each for each in found["cities"]]
    return answering("/plans/{plan}/appraisals/{year}", "/plans/fujian-2013/appraisals/2013", cities=cities)


CALLED = {
    "standing": "called", "by_rule": True, "edition": 1, "total": "55.00", "whom": "x", "by": "y",
    "hold_on": "2014-03-20", "on": "2014-03-03", "evidence": "e", "reason": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "query", "city", "forms"),
    [
        ("province", "", {}, {"publish", "award"}),
        ("province", "?city=350100", {}, {"publish", "award", "score", "summon"}),
        (
            "province",
            "?city=350100",
            {"summons": CALLED},
            {"publish", "award", "score", "summon", "held", "lift"},
        ),
        (
            "province",
            "?city=350100",
            {"summons": CALLED | {"standing": "held"}},
            {"publish", "award", "score"},
        ),
        ("city", "", {}, set()),
        ("city", "", {"verified": None}, {"self_assess"}),
        ("city", "", {"summons": CALLED | {"standing": "report_missing"}}, {"report_back"}),
        ("county", "?city=350100", {}, set()),
        ("ops", "?city=350100", {}, set()),
    ],
)
async def test_the_role_and_the_city_s_standing_decide_which_form_there_is(
    role: str, query: str, city: dict[str, Any], forms: set[str]
):
    async with browser(portal(year(**city)), role) as reader:
        page = markup.check((await reader.get(YEAR + query)).text, "zh")
    assert offered(page) == {f"appraisal_{name}" for name in forms}


async def test_a_score_has_points_and_evidence_of_each_item_and_why_it_is_corrected():
    gateway = PlayedGateway()
    data = {
        **WORD,
        "form": "appraisal_score",
        "items.0.points": "9.5",
        "items.0.evidence": "核查表 1",
        "items.1.points": "三十",
        "items.1.evidence": "核查表 2",
        "evidence": "闽经贸〔2014〕7号",
    }
    address = f"{YEAR}?city=350100"
    async with browser(portal(gateway), "province") as reader:
        back = markup.check((await reader.post(address, data=data)).text, "zh")
        assert faults(back) == {
            "appraisal_score-items.1.points-fault": "“三十”不是数字。",
            "appraisal_score-reason-fault": "请填写更正理由。",
        }
        answer = await reader.post(address, data={**data, "items.1.points": "38", "reason": "复核"})
    assert answer.headers["location"] == f"{YEAR}?city=350100&done=appraisal_score"
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/plans/fujian-2013/appraisals/2013/scores"
    assert body["region"] == "350100"
    assert body["items"] == [
        {"item": "reports", "points": "9.5", "evidence": "核查表 1"},
        {"item": "projects", "points": "38", "evidence": "核查表 2"},
    ]


async def test_a_refusal_of_one_item_stands_at_that_item():
    def refuses(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        return problem(422, "points", "最多 10 分", where="items.0.points")

    data = {**WORD, "form": "appraisal_self_assess", "evidence": "e"}
    data |= {f"items.{n}.{name}": "5" for n in (0, 1) for name in ("points", "evidence")}
    inner = year(verified=None)
    gateway = PlayedGateway(lambda request: refuses(request) or inner.before(request))
    async with browser(portal(gateway), "city") as reader:
        back = markup.check((await reader.post(YEAR, data=data)).text, "zh")
    assert faults(back) == {"appraisal_self_assess-items.0.points-fault": "最多 10 分"}


@pytest.mark.parametrize(
    ("role", "region", "standing", "forms"),
    [
        ("province", "350000", "convened", {"meeting_agenda"}),
        ("province", "350000", "prepared", {"meeting_agenda", "decide-1", "meeting_conclude"}),
        ("province", "350000", "concluded", set()),
        ("province", "350100", "prepared", set()),
        ("city", "350100", "convened", {"meeting_agenda"}),
        ("city", "350000", "convened", set()),
        ("county", "350000", "prepared", set()),
    ],
)
async def test_who_called_a_meeting_prepares_and_concludes_it(
    role: str, region: str, standing: str, forms: set[str]
):
    pack = recorded("/meetings/{meeting}/pack")
    meeting = pack["meeting"] | {"standing": standing, "region": region}
    gateway = answering("/meetings/{meeting}/pack", "/meetings/demo-dispatch-04/pack", meeting=meeting)
    async with browser(portal(gateway), role) as reader:
        assert offered(markup.check((await reader.get(MEETING)).text, "zh")) == forms


async def test_a_decision_goes_to_its_problem():
    gateway = PlayedGateway()
    data = {**WORD, "form": "decide-1", "decision": "下周通电", "owner": "省电力公司", "due_on": "2013-05-10"}
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.post(MEETING, data=data)
        assert answer.headers["location"] == f"{MEETING}?done=meeting_decide"
        assert "决定已登记" in (await reader.get(answer.headers["location"])).text
    [(path, body, _)] = sent(gateway)
    [project] = recorded("/meetings/{meeting}/pack")["items"]
    assert path == f"/api/v1/problems/{project['problems'][0]['problem']}/decisions"
    assert body["meeting"] == "demo-dispatch-04"


@pytest.mark.parametrize(
    ("role", "result", "forms"),
    [
        ("province", None, {"opinion", "pre_review_conclude"}),
        ("province", "passed", set()),
        ("province", "returned", {"pre_review_again"}),
        ("city", None, set()),
        ("city", "returned", {"pre_review_again"}),
        ("ops", "returned", set()),
    ],
)
async def test_the_province_concludes_a_pre_review_and_a_returned_one_is_brought_again(
    role: str, result: str | None, forms: set[str]
):
    gateway = answering("/projects/{project}/pre-review", "/projects/demo-pm-01/pre-review", result=result)
    async with browser(portal(gateway), role) as reader:
        page = markup.check((await reader.get("/zh/pre-reviews/demo-pm-01")).text, "zh")
    assert offered(page) == forms


@pytest.mark.parametrize(
    ("form", "view", "typed", "path", "body"),
    [
        (
            "ceremony_recommend",
            "signings",
            {"project": "FZ/1 号", "contract": "contract_signed", "amount": "2.5"},
            "/ceremonies/618-2013/signings/FZ%2F1%20%E5%8F%B7",
            {"contract": "contract_signed", "amount": "250000000.00"},
        ),
        (
            "ceremony_audit",
            "signings",
            {"project": "P-1", "approved": "no", "reason": "手续不全"},
            "/ceremonies/618-2013/signings/P-1/audit",
            {"approved": False, "reason": "手续不全"},
        ),
        (
            "ceremony_answer_guest",
            "guests",
            {"firm": "FZ-01", "attends": "yes"},
            "/ceremonies/618-2013/guests/FZ-01/answer",
            {"attends": True},
        ),
    ],
)
async def test_what_a_form_is_about_stands_in_its_path_and_not_in_its_body(
    form: str, view: str, typed: dict[str, str], path: str, body: dict[str, Any]
):
    gateway = PlayedGateway(
        lambda request: httpx.Response(201, json={}) if request.method == "POST" else None
    )
    address = f"/zh/ceremonies/618-2013?view={view}"
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.post(address, data={**WORD, "form": form, **typed})
        assert answer.headers["location"].endswith(f"done={form}"), answer.text
    assert [(each.url.raw_path.decode(), each.method) for each in gateway.asked if each.method == "POST"] == [
        (f"/api/v1{path}", "POST")
    ]
    assert sent(gateway)[0][1] == body


@pytest.mark.parametrize(
    ("role", "changes", "forms"),
    [
        ("province", {}, {"follow_up", "complete", "add_part", "reopen"}),
        ("province", {"items_done": 0}, {"follow_up", "complete", "add_part"}),
        ("province", {"standing": "completed"}, {"reopen"}),
        ("province", {"region": "350100"}, set()),
        ("city", {"region": "350100"}, {"follow_up", "complete", "add_part", "reopen"}),
        ("enterprise", {}, set()),
    ],
)
async def test_whose_measure_it_is_follows_it_up(role: str, changes: dict[str, Any], forms: set[str]):
    gateway = answering("/measures/{measure}", "/measures/CS-2013-01", **changes)
    async with browser(portal(gateway), role) as reader:
        page = markup.check((await reader.get("/zh/measures/CS-2013-01")).text, "zh")
    assert offered(page) == {f"measure_{name}" for name in forms}


@pytest.mark.parametrize(
    ("standing", "forms"),
    [("excellent", {"assess", "warn", "withdraw"}), ("withdrawn", set()), ("annulled", set())],
)
async def test_what_stands_no_more_is_decided_on_no_more(standing: str, forms: set[str]):
    address = "/designations/QYJSZX-2013-01"
    gateway = answering("/designations/{designation}", address, standing=standing)
    async with browser(portal(gateway), "province") as reader:
        page = markup.check((await reader.get(f"/zh{address}")).text, "zh")
    assert offered(page) == {f"designation_{name}" for name in forms}
