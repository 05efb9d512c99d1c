"""Saved views (常用视图) that their owner shares: who sees them, what of them, and whose they stay."""

from typing import Any

import pytest

from shared.identity import Actor
from tests.component.projects.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, XIAMEN, Service

COLLEAGUE = Actor("fuzhou-colleague", "city", "350100")
SHARED = {"view": "在建", "list": "projects", "query": {"region": "350100", "stage": "planned"}}


async def shown(service: Service, actor: Actor, **filters: Any) -> list[tuple[str, str, bool]]:
    """(owner, name, whether it is the reader's own) of the views that somebody sees."""
    views = (await service.ask(actor, "list-views", **filters))["items"]
    return [(each["owner"]["subject"], each["view"], each["mine"]) for each in views]


@pytest.mark.parametrize(
    ("shared", "readers"),
    [
        ("nobody", []),
        ("office", [COLLEAGUE]),
        ("below", [COLLEAGUE, FUQING]),
    ],
)
async def test_a_view_is_seen_by_those_whom_its_owner_shares_it_with(
    service: Service, shared: str, readers: list[Actor]
) -> None:
    await service.ask(FUZHOU, "save-view", **SHARED, shared=shared)
    assert await shown(service, FUZHOU) == [(FUZHOU.subject, "在建", True)]
    for reader in (COLLEAGUE, FUQING, XIAMEN, PROVINCE, MILL, OPS):
        expected = [(FUZHOU.subject, "在建", False)] if reader in readers else []
        assert await shown(service, reader) == expected, reader.subject
    await service.ask(FUZHOU, "save-view", **SHARED)
    assert await shown(service, COLLEAGUE) == [], "saved again without sharing it"


async def test_a_shared_view_shows_each_reader_only_what_is_his_to_see(service: Service) -> None:
    """The filters of a city that names itself are a county's with its own region: not a 403, and no row more."""
    await service.project("P-1")
    await service.project("P-2", region="350182")
    await service.ask(FUZHOU, "save-view", **SHARED, shared="below")
    (seen,) = (await service.ask(FUQING, "list-views"))["items"]
    assert seen["owner"] == {"subject": FUZHOU.subject, "role": "city", "region": "350100"}
    assert (seen["query"], seen["shared"]) == ({"region": "350181", "stage": "planned"}, "below")
    found = await service.ask(FUQING, "list-projects", **seen["query"])
    assert [each["project"] for each in found["items"]] == ["P-1"]
    (own,) = (await service.ask(FUZHOU, "list-views"))["items"]
    assert own["query"] == SHARED["query"]


async def test_what_the_province_shares_reaches_all_below_it(service: Service) -> None:
    token_without_region = Actor("province-office", "province")
    await service.ask(token_without_region, "save-view", **{**SHARED, "query": {}}, shared="below")
    for reader in (FUZHOU, FUQING, XIAMEN, Actor("another", "province", "350000")):
        assert await shown(service, reader) == [("province-office", "在建", False)]
    assert await shown(service, MILL) == []


async def test_only_its_owner_changes_or_withdraws_a_view(service: Service) -> None:
    await service.ask(FUZHOU, "save-view", **SHARED, shared="office")
    await service.ask(COLLEAGUE, "remove-view", view="在建")
    await service.ask(COLLEAGUE, "save-view", **{**SHARED, "query": {}})
    (own, theirs) = (await service.ask(COLLEAGUE, "list-views"))["items"]
    assert (own["mine"], own["query"]) == (True, {})
    assert (theirs["mine"], theirs["query"]) == (False, SHARED["query"])
    await service.ask(FUZHOU, "remove-view", view="在建")
    assert await shown(service, COLLEAGUE) == [(COLLEAGUE.subject, "在建", True)]


async def test_a_copy_of_a_shared_view_is_the_readers_own(service: Service) -> None:
    await service.ask(FUZHOU, "save-view", **SHARED, shared="below")
    copy = {"owner": FUZHOU.subject, "view": "在建"}
    made = await service.ask(FUQING, "copy-view", **copy)
    assert [(each["view"], each["mine"], each["shared"]) for each in made["items"]] == [
        ("在建", True, "nobody")
    ]
    assert made["items"][0]["query"] == {"region": "350181", "stage": "planned"}
    twice = await service.refused(FUQING, "copy-view", **copy)
    assert (twice.status, twice.code, twice.where) == (409, "exists", "name")
    await service.ask(FUQING, "copy-view", **copy, name="另一个")
    await service.ask(FUZHOU, "remove-view", view="在建")
    assert len(await shown(service, FUQING)) == 2, "what its owner withdraws doesn't touch a copy"
    gone = await service.refused(FUQING, "copy-view", **copy, name="再一个")
    assert (gone.status, gone.code) == (404, "not-found")


async def test_views_come_in_pages_and_of_one_list(service: Service) -> None:
    for number in (1, 2):
        await service.ask(COLLEAGUE, "save-view", **{**SHARED, "view": f"甲{number}"}, shared="office")
        await service.ask(FUZHOU, "save-view", **{**SHARED, "view": f"乙{number}"})
    await service.ask(FUZHOU, "save-view", view="问题", list="problems", query={"overdue": True})
    found: list[str] = []
    more: dict[str, Any] = {}
    while True:
        page = await service.ask(FUZHOU, "list-views", list="projects", limit=1, **more)
        found += [each["view"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        more = {"cursor": page["next_cursor"]}
    assert found == ["乙1", "乙2", "甲1", "甲2"]
    assert len(await shown(service, FUZHOU, mine=True)) == 3
    assert len(await shown(service, FUZHOU, mine=False)) == 2


async def test_who_has_nobody_below_him_is_told_so(service: Service) -> None:
    refused = await service.refused(MILL, "save-view", **{**SHARED, "query": {}}, shared="below")
    assert (refused.status, refused.where) == (422, "shared")
