"""The demo's subsidy, sent to the service as the gateway's table of routes would: on the plan as it is."""

import re

from cli.demo.subsidy import PROJECT, acts
from plans.loader import load_plan
from services.gateway.routes import all_routes
from tests.component.projects.conftest import FUZHOU, OPS, PROVINCE, Service


def operation(path: str) -> tuple[str, dict[str, str]]:
    """The operation that a POST to `path` is for, and what the path names."""
    for route in all_routes():
        pattern = "/api/v1" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path)
        if route.method == "POST" and (found := re.fullmatch(pattern, path)):
            return route.operation, found.groupdict()
    raise LookupError(path)


async def test_the_demos_project_rises_in_the_library_and_is_paid_its_subsidy(bare_service: Service) -> None:
    plan = load_plan("fujian-2013")
    await bare_service.ask(OPS, "load-plan", **plan.parts()["projects"])
    for opening in plan.openings():
        name, _ = operation(f"/api/v1{opening.path}")
        await bare_service.ask(PROVINCE, name, **opening.body)
    for act in acts():
        bare_service.clock.set(act.moment)
        name, ids = operation(act.path)
        await bare_service.ask(PROVINCE if act.who == "province" else FUZHOU, name, **{**ids, **act.body})
    summary = await bare_service.ask(PROVINCE, "reserve-summary")
    assert (summary["projects"], summary["counties_short"]) == (1, 84)  # 金门 is not administered
    funds = await bare_service.ask(PROVINCE, "list-funds", region="350000")
    assert {each["fund"]: each["balance"]["appropriated"] for each in funds["items"]} == {
        "TR-19": "300000000.00",
        "TR-20": "30000000.00",
    }
    paid = await bare_service.ask(PROVINCE, "list-subsidies", project=PROJECT, status="paid")
    assert (paid["count"], paid["total"]["paid"]) == (1, "4500000.00")
    last = (await bare_service.events())[-1]
    assert (last.type, last.data["amount"], last.data["on"]) == ("SubsidyPaid", "4500000.00", "2013-06-12")
