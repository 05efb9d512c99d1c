"""Names beside references, for who may know them."""

from shared.identity import Actor
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
