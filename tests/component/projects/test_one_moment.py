"""A list's page and its totals are of one moment, also when somebody writes between their statements."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.component.projects.conftest import FUZHOU, PROVINCE, Service, local


@dataclass(frozen=True, slots=True)
class List:
    """One more row by `add`, and how many rows an answer counts."""

    add: Callable[[Service, int], Awaitable[Any]]
    query: tuple[str, dict[str, Any]]
    counted: Callable[[Any], int]


def _diagnosis(service: Service, number: int) -> Awaitable[Any]:
    held = {"diagnosis": f"ZD-{number}", "enterprise_name": "示例", "region": "350181", "industry": "3421"}
    return service.ask(FUZHOU, "hold-diagnosis", **held, institute="示例", findings=["主轴"], evidence="1号")


def _invitation(service: Service, number: int) -> Awaitable[Any]:
    firm = {"ceremony": "618-2013", "firm": f"F-{number}", "name": "示例集团", "region": "350100"}
    return service.ask(FUZHOU, "invite-firm", **firm)


async def _line(service: Service, number: int) -> None:
    await service.project(f"P-{number}")
    service.clock.set(local(2013, 4, 4))
    said = {"project": f"P-{number}", "investment": "1000000", "progress_percent": 1}
    await service.report(f"2013-0{number}", "100000000", projects=[said])


LISTS = {
    "diagnoses": List(_diagnosis, ("list-diagnoses", {}), lambda page: int(page["totals"]["diagnoses"])),
    "invitations": List(
        _invitation, ("list-invitations", {"ceremony": "618-2013"}), lambda page: int(page["firms"])
    ),
    "report lines": List(_line, ("list-report-lines", {}), lambda page: int(page["totals"]["lines"])),
}


@pytest.mark.parametrize("name", LISTS)
async def test_the_totals_count_the_rows_of_the_page(
    service: Service, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = LISTS[name]
    await one.add(service, 1)
    really, table = AsyncConnection.execute, one.query[0]
    waiting = True

    async def execute(conn: AsyncConnection, statement: Any, *args: Any, **more: Any) -> Any:
        """Behind the first of the two statements somebody adds a row, and commits."""
        nonlocal waiting
        found = await really(conn, statement, *args, **more)
        told = str(statement)
        if waiting and any(
            word in told for word in ("FROM diagnosis", "FROM invitation", "FROM report_line")
        ):
            waiting = False
            await one.add(service, 2)
        return found

    monkeypatch.setattr(AsyncConnection, "execute", execute)
    page = await service.ask(PROVINCE, table, **one.query[1])
    assert not waiting
    assert (len(page["items"]), one.counted(page)) == (1, 1)
    again = await service.ask(PROVINCE, table, **one.query[1])
    assert (len(again["items"]), one.counted(again)) == (2, 2)
