"""A project of the reserve library that is started and paid its subsidy: TR-18 and TR-19 over half a year."""

from collections.abc import Iterator
from typing import Any

from demo.projects import step
from demo.story import COLLEAGUE, PROVINCE, Story, day_of
from demo.world import SYNTHETIC

PROJECT = "demo-350100-reserve"
_CITY = "350100"
_NAME = "汽车零部件智能化生产线技改"
_FUND = "/api/v1/funds/TR-19/applications"
_ONE = f"{_FUND}/demo-subsidy-01"


def stories() -> Iterator[Story]:
    """What is done. The base is 90 million yuan of equipment: 5 % of it, 4.5 million."""
    registered = {
        "project": PROJECT,
        "name": f"{SYNTHETIC}：{_NAME}",
        "region": "350121",
        "industry": "3660",
        "total_investment": "150000000",
        "equipment_investment": "90000000",
        "programmes": ["TR"],
        "registers": [{"register": "reserve_city", "valid_from": "2013-02-05"}],
        "planned_on": "2013-02-05",
    }
    what = "Fuzhou puts a renovation project into its reserve library"
    yield Story(day_of(2, 5), _CITY, "/api/v1/projects", what, registered)
    promoted = {
        "register": "reserve_city",
        "action": "promoted",
        "on": "2013-03-20",
        "reason": SYNTHETIC,
    }
    what = "the province takes the project into the provincial reserve library"
    yield Story(day_of(3, 20), PROVINCE, f"/api/v1/projects/{PROJECT}/reserve-updates", what, promoted)
    yield step(PROJECT, _CITY, _NAME, "filed", day_of(4, 2))
    yield step(PROJECT, _CITY, _NAME, "started", day_of(4, 20))
    asked: dict[str, Any] = {
        "application": "demo-subsidy-01",
        "project": PROJECT,
        "aid": "grant",
        "base_kind": "equipment_investment",
        "base": "90000000",
        "evidence": f"{SYNTHETIC} invoices",
        "on": "2013-05-10",
    }
    what = "Fuzhou applies for a subsidy of 5 % of 90 million yuan of equipment"
    yield Story(day_of(5, 10), _CITY, _FUND, what, asked)
    audited = {"base": "90000000", "reason": f"{SYNTHETIC}：核定"}
    for month, day, who, decision, word in (
        (5, 20, PROVINCE, "reservations", "reserves"),
        (5, 27, PROVINCE, "assessments", "has audited, and confirms"),
        (6, 3, PROVINCE, "commitments", "commits"),
        (6, 12, COLLEAGUE, "payments", "pays"),
    ):
        on = day_of(month, day)
        shown = {"on": on.isoformat(), "evidence": f"{SYNTHETIC} {decision}"}
        what = f"the province {word} the subsidy: 4.5 million yuan"
        body = shown | audited if decision == "assessments" else shown
        yield Story(on, who, f"{_ONE}/{decision}", what, body)
