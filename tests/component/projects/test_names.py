"""Names beside references, for who may know them."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.identity import Actor
from shared.rpc import Call
from tests.component.projects.conftest import FUZHOU, MILL, PROVINCE, XIAMEN, Service

OTHER_MILL = Actor("other-mill", "enterprise", organisation="E-2")
LISTING = {
    "listing": "R-1",
    "meeting": "technology",
    "side": "offer",
    "region": "350181",
    "title": "印染废水回用",
    "party": "示例染整厂",
    "project": "P-1",
}


async def test_a_page_and_a_single_view_say_what_their_references_are_called(service: Service) -> None:
    await service.project(enterprise="E-1", enterprise_name="示例纺织厂")
    await service.project("P-2", name="化纤技改项目")
    for project in ("P-1", "P-2"):
        body = {"project": project, "kind": "land", "on": "2013-01-14", "text": "用地指标未落实"}
        await service.ask(FUZHOU, "raise-problem", **body)
    items = (await service.ask(PROVINCE, "list-problems"))["items"]
    told = {(each["project_name"], each["region_name"], each["enterprise_name"]) for each in items}
    assert told == {("纺织技改项目", "福清市", "示例纺织厂"), ("化纤技改项目", "福清市", None)}
    one = await service.ask(FUZHOU, "get-problem", problem=items[0]["problem"])
    assert one["project_name"] == items[0]["project_name"]
    assert (await service.ask(FUZHOU, "get-project", project="P-1"))["region_name"] == "福清市"


async def test_who_may_not_see_a_project_is_not_told_its_name(service: Service) -> None:
    """An offer is everybody's to see; the project behind it isn't."""
    await service.project(enterprise="E-1")
    await service.ask(FUZHOU, "register-listing", **LISTING)
    told = {}
    for actor in (FUZHOU, PROVINCE, MILL, XIAMEN, OTHER_MILL):
        (item,) = (await service.ask(actor, "list-listings"))["items"]
        told[actor] = (item["region_name"], item["project_name"])
    assert told[FUZHOU] == told[PROVINCE] == told[MILL] == ("福清市", "纺织技改项目")
    assert told[XIAMEN] == told[OTHER_MILL] == ("福清市", None)


async def test_a_command_is_answered_with_names_too_and_a_repeat_alike(service: Service) -> None:
    await service.project(enterprise="E-1", enterprise_name="示例纺织厂")
    body = {"project": "P-1", "kind": "land", "on": "2013-01-14", "text": "用地指标未落实"}
    told = [await service.ask(FUZHOU, "raise-problem", key="once", **body) for _ in range(2)]
    for each in told:
        names = (each["project_name"], each["region_name"], each["enterprise_name"])
        assert names == ("纺织技改项目", "福清市", "示例纺织厂")


async def test_a_command_that_was_carried_out_is_answered_though_names_cannot_be_read(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.project()

    async def away(call: Call, answer: Any) -> Any:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(service.operations, "present", away)
    body = {"project": "P-1", "kind": "land", "on": "2013-01-14", "text": "用地指标未落实"}
    assert (await service.ask(FUZHOU, "raise-problem", **body))["region_name"] is None


async def test_lists_of_what_a_government_does_name_its_region(service: Service) -> None:
    diagnosis = {"diagnosis": "ZD-1", "enterprise_name": "示例", "region": "350181", "industry": "3421"}
    more = {"institute": "示例", "findings": ["主轴"], "evidence": "1号"}
    held = await service.ask(FUZHOU, "hold-diagnosis", **diagnosis, **more)
    (listed,) = (await service.ask(FUZHOU, "list-diagnoses"))["items"]
    assert held["region_name"] == listed["region_name"] == "福清市"
    calendar = await service.ask(PROVINCE, "report-calendar", first_month="2013-01", last_month="2013-01")
    assert {each["region_name"] for each in calendar["items"]} == {"福州市", "厦门市"}


async def test_a_page_asks_for_its_names_once_a_kind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await service.project(f"P-{number}")
        body = {"project": f"P-{number}", "kind": "land", "on": "2013-01-14", "text": "用地指标未落实"}
        await service.ask(FUZHOU, "raise-problem", **body)
    really, told = AsyncConnection.execute, []

    async def execute(conn: AsyncConnection, statement: Any, *args: Any, **more: Any) -> Any:
        told.append(str(statement))
        return await really(conn, statement, *args, **more)

    monkeypatch.setattr(AsyncConnection, "execute", execute)
    counts = []
    for limit in (1, 5):
        told.clear()
        assert len((await service.ask(PROVINCE, "list-problems", limit=limit))["items"]) == limit
        counts.append(len(told))
    assert counts[0] == counts[1]
