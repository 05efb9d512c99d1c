"""Lists people live in: every filter, every order, counts and sums, and views that are kept."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from services.projects.projects import orders, queries
from services.projects.projects.stages.facts import Stage
from services.projects.projects.views import TABLE as PROJECT
from services.projects.projects.views import ProjectSummary
from tests.component.projects.conftest import FUQING, FUZHOU, PROVINCE, XIAMEN, Service

AMOUNTS = ("total_investment", "equipment_investment", "bank_loan")


async def some(service: Service) -> None:
    for number, (name, total, industry) in enumerate(
        [
            ("Alpha纺织", 300, "1751"),
            ("beta化工", 100, "2614"),
            ("纺织二期", 200, "1713"),
            ("纺织三期", 200, "1751"),
        ]
    ):
        body = {"name": name, "industry": industry, "total_investment": str(total * 1_000_000)}
        body |= {"equipment_investment": "50000000", "enterprise_name": "福清某公司"}
        await service.project(f"P-{number}", **body)
    await service.project("P-9", XIAMEN, region="350203")


async def listed(service: Service, actor: Any = FUZHOU, **query: Any) -> list[str]:
    return [item["project"] for item in (await service.ask(actor, "list-projects", **query))["items"]]


def comparable(item: dict[str, Any], sort: str) -> Any:
    """As the list puts it in order: what isn't known first, stages as a project goes through them."""
    value = item[sort]
    if sort == "stage":
        return [stage.value for stage in Stage].index(value)
    if sort in AMOUNTS:
        return Decimal(-1 if value is None else value)
    if sort == "investor":
        return value["name"] if value else ""
    return value if value is not None else ""


@pytest.mark.parametrize("descending", [False, True])
async def test_pages_of_any_order_hold_everything_once(service: Service, descending: bool) -> None:
    await some(service)
    await service.project("P-4", name="长" * 200, bank_loan="30000000", focus_sector="marine")
    step = {"project": "P-2", "stage": "filed", "on": "2013-01-12", "evidence": "1号"}
    await service.ask(FUZHOU, "reach-stage", **step)
    for sort in ProjectSummary.model_fields:
        if sort in ("steps_version", "region_name"):
            continue  # added to the rows of a page when they are known: nothing to sort by
        query = {"sort": sort, "descending": descending}
        whole = (await service.ask(FUZHOU, "list-projects", **query))["items"]
        keys = [(comparable(item, sort), item["project"]) for item in whole]
        assert keys == sorted(keys, reverse=descending), sort
        found: list[str] = []
        more: dict[str, Any] = {}
        while True:
            page = await service.ask(FUZHOU, "list-projects", **query, limit=2, **more)
            found += [item["project"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            more = {"cursor": page["next_cursor"]}
        assert found == [item["project"] for item in whole], sort
        assert len(set(found)) == 5


@pytest.mark.parametrize("descending", [False, True])
async def test_every_order_is_read_from_an_index(service: Service, descending: bool) -> None:
    """Whatever is offered must hold with 100,000 projects: none of it sorts what the filters leave."""
    await service.project("P-1", tags=["en_epc"])
    await service.project("P-2", tags=["en_epc"])
    async with service.engine.connect() as conn:
        for way in ("seqscan", "sort"):
            await conn.execute(text(f"SET LOCAL enable_{way} = off"))
        for sort in orders.ORDERS:
            order, query = orders.order(sort, descending), select(PROJECT)
            first = await order.page(conn, query, queries.ListProjects(limit=1, cursor=None))
            for page in (query, query.where(order.after(first.next_cursor or ""))):
                page = page.order_by(*order.columns).limit(51)
                literal = page.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True})
                plan = [line for (line,) in await conn.exec_driver_sql(f"EXPLAIN {literal}")]
                assert not any("Sort" in line for line in plan), (sort, plan)


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("total_investment", "NaN"),
        ("bank_loan", "1E999999"),
        ("version", "9" * 30),
        ("stage", "x"),
        ("name", "\0"),
        ("name", "\ud800"),
        ("stage_on", "2013"),
    ],
)
async def test_a_cursor_that_no_page_gave_is_refused(service: Service, sort: str, value: str) -> None:
    key = json.dumps([sort, "asc", value, "P-1"]).encode()
    cursor = base64.urlsafe_b64encode(key).decode()
    problem = await service.refused(FUZHOU, "list-projects", sort=sort, cursor=cursor)
    assert (problem.status, problem.where) == (422, "cursor")


async def test_every_amount_has_two_ends(service: Service) -> None:
    for number in (1, 2, 3):
        amounts = {"equipment_investment": f"{number}0000000", "bank_loan": f"{number}000000"}
        await service.project(f"P-{number}", **amounts)
    await service.project("P-4", equipment_investment="90000000")
    assert await listed(service, equipment_from="20000000", equipment_to="30000000") == ["P-2", "P-3"]
    assert await listed(service, loan_from="2000000") == ["P-2", "P-3"]
    assert await listed(service, loan_to="2000000") == ["P-1", "P-2"], "no loan is not a small one"


async def test_a_text_is_found_wherever_it_stands(service: Service) -> None:
    await some(service)
    assert await listed(service, text="织二") == ["P-2"]
    assert await listed(service, text="织") == ["P-0", "P-2", "P-3"], "one character alone"
    assert await listed(service, text="纺织 ") == ["P-0", "P-2", "P-3"], "without the space that nobody sees"
    assert await listed(service, text="织纺") == [], "each pair, but not in this order"
    assert await listed(service, text="期 福") == ["P-2", "P-3"], "from the name into the enterprise's"


async def test_filters_and_what_they_sum_up_to(service: Service) -> None:
    await some(service)
    assert await listed(service, text="纺织") == ["P-0", "P-2", "P-3"]
    assert await listed(service, text="ALPHA") == ["P-0"]
    assert await listed(service, text="100%_") == []
    assert await listed(service, industry="17") == ["P-0", "P-2", "P-3"]
    assert await listed(service, investment_from="150000000", investment_to="250000000") == ["P-2", "P-3"]
    assert await listed(service, stage_from="2013-01-11") == []
    by_total = await listed(service, sort="total_investment", descending=True)
    assert by_total == ["P-0", "P-3", "P-2", "P-1"]
    await service.ask(FUQING, "raise-problem", project="P-2", kind="land", text="用地")
    assert await listed(service, open_problem=True) == ["P-2"]
    page = await service.ask(FUZHOU, "list-projects", text="纺织", limit=1)
    assert page["totals"] == {
        "projects": 3,
        "total_investment": "700000000.00",
        "equipment_investment": "150000000.00",
        "bank_loan": "0.00",
    }
    rest = await service.ask(FUZHOU, "list-projects", text="纺织", limit=1, cursor=page["next_cursor"])
    assert rest["totals"] is None
    all_of_them = await service.ask(PROVINCE, "list-projects")
    assert all_of_them["totals"]["projects"] == 5
    other = await service.refused(
        FUZHOU, "list-projects", text="纺织", limit=1, cursor=page["next_cursor"], sort="name"
    )
    assert "another order" in other.detail


@pytest.mark.parametrize(
    ("name", "query", "operation"),
    [
        ("listings", {"meeting": "technology", "side": "need"}, "list-listings"),
        ("matches", {"status": "declined"}, "list-matches"),
        ("reserve", {"register": "reserve_county"}, "list-reserve"),
        ("measures", {"standing": "overdue"}, "list-measures"),
        ("subsidies", {"status": "requested"}, "list-subsidies"),
        ("documents", {"standing": "issued"}, "list-documents"),
        ("duties", {"standing": "missing"}, "duty-calendar"),
    ],
)
async def test_a_view_of_any_list_is_given_back_to_that_list(
    service: Service, name: str, query: dict[str, Any], operation: str
) -> None:
    await service.ask(FUZHOU, "save-view", view="常用", list=name, query=query)
    (kept,) = (await service.ask(FUZHOU, "list-views"))["items"]
    assert (kept["list"], kept["query"]) == (name, query)
    assert (await service.ask(FUZHOU, operation, **kept["query"]))["items"] is not None
    wrong = await service.refused(FUZHOU, "save-view", view="x", list=name, query={"colour": "red"})
    assert (wrong.status, wrong.where) == (422, "colour")


async def test_a_view_is_kept_for_who_saved_it_and_must_be_one_that_the_list_takes(service: Service) -> None:
    view = {"view": "大项目", "list": "projects", "query": {"sort": "total_investment", "descending": True}}
    await service.ask(FUZHOU, "save-view", **view)
    (kept,) = (await service.ask(FUZHOU, "list-views"))["items"]
    assert kept["query"] == view["query"]
    await service.ask(FUZHOU, "list-projects", **kept["query"])
    assert (await service.ask(XIAMEN, "list-views"))["items"] == []
    replaced = await service.ask(FUZHOU, "save-view", **{**view, "query": {"stage": "started"}})
    assert [each["query"] for each in replaced["items"]] == [{"stage": "started"}]
    wrong = await service.refused(FUZHOU, "save-view", **{**view, "query": {"colour": "red"}})
    assert (wrong.status, wrong.where) == (422, "colour")
    assert (await service.refused(FUZHOU, "save-view", **{**view, "query": {"cursor": "x"}})).where == "query"
    assert (await service.ask(FUZHOU, "remove-view", view="大项目"))["items"] == []
