"""A project of the reserve library that is started and paid its subsidy: TR-18 and TR-19 over half a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from cli.demo.outgoing import china
from cli.demo.world import SYNTHETIC

PROJECT = "demo-350100-reserve"
_APPLICATION = "demo-subsidy-01"
_AT = f"/api/v1/projects/{PROJECT}"
_FUND = "/api/v1/funds/TR-19/applications"
_ONE = f"{_FUND}/{_APPLICATION}"


@dataclass(frozen=True, slots=True)
class Act:
    """Something sent by the province or by the project's city; `what` is told on the screen."""

    moment: datetime
    what: str
    who: Literal["province", "350100"]
    path: str
    body: dict[str, Any]

    @property
    def key(self) -> str:
        """Its Idempotency-Key."""
        return f"demo-subsidy-{self.moment:%m%d%H}"


def acts() -> Iterator[Act]:
    """What is done, in order of time. The base is 90 million yuan of equipment: 5 % of it, 4.5 million."""
    yield Act(
        china(2013, 2, 5, 10),
        "Fuzhou puts a renovation project into its reserve library",
        "350100",
        "/api/v1/projects",
        {
            "project": PROJECT,
            "name": f"{SYNTHETIC}：汽车零部件智能化生产线技改",
            "region": "350121",
            "industry": "3660",
            "total_investment": "150000000",
            "equipment_investment": "90000000",
            "programmes": ["TR"],
            "registers": [{"register": "reserve_city", "valid_from": "2013-02-05"}],
            "planned_on": "2013-02-05",
        },
    )
    yield Act(
        china(2013, 3, 20, 10),
        "The province takes the project into the provincial reserve library",
        "province",
        f"{_AT}/reserve-updates",
        {"register": "reserve_city", "action": "promoted", "on": "2013-03-20", "reason": SYNTHETIC},
    )
    for month, day, stage, word in ((4, 2, "filed", "is filed"), (4, 20, "started", "starts")):
        yield Act(
            china(2013, month, day, 10),
            f"The reserve project {word}",
            "350100",
            f"{_AT}/stages",
            {"stage": stage, "on": f"2013-{month:02d}-{day:02d}", "evidence": f"{SYNTHETIC} {stage}"},
        )
    yield Act(
        china(2013, 5, 10, 10),
        "Fuzhou applies for a subsidy of 5 % of 90 million yuan of equipment",
        "350100",
        _FUND,
        {
            "application": _APPLICATION,
            "project": PROJECT,
            "aid": "grant",
            "base_kind": "equipment_investment",
            "base": "90000000",
            "evidence": f"{SYNTHETIC} invoices",
            "on": "2013-05-10",
        },
    )
    for month, day, step, word in (
        (5, 20, "reservations", "reserves"),
        (6, 3, "commitments", "commits"),
        (6, 12, "payments", "pays"),
    ):
        yield Act(
            china(2013, month, day, 10),
            f"The province {word} the subsidy: 4.5 million yuan",
            "province",
            f"{_ONE}/{step}",
            {"on": f"2013-{month:02d}-{day:02d}", "evidence": f"{SYNTHETIC} {step}"},
        )
