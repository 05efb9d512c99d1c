"""What the province and its cities do beside single projects in the demo's year.

A promised measure item by item (IN-15), a diagnosis that leads to a project (IN-14), the guests of the June ceremony
(PM-12), and the books of a month closed (TR-12). On days on which other things happen too.
"""

from collections.abc import Iterator
from typing import Any

from demo.projects import CEREMONY
from demo.story import PROVINCE, Story, day_of
from demo.world import SYNTHETIC

MEASURE, DIAGNOSIS, CLOSED = "IN-15", "demo-diagnosis-01", "2013-01"
_ITEMS = {"centres": "工业设计中心认定", "parks": "产业园区改造", "results": "设计成果转化"}
_SHOWN = {"evidence": f"{SYNTHETIC}文号"}


def stories() -> Iterator[Story]:
    """All of it."""
    yield from _measure()
    yield from _diagnosis()
    yield from _guests()
    what = f"the books of {CLOSED} are closed: later reports need the province's consent"
    path = f"/api/v1/reports/months/{CLOSED}/closing"
    yield Story(day_of(3, 15), PROVINCE, path, what, {"reason": "月通报已印发"})


def _measure() -> Iterator[Story]:
    at = f"/api/v1/measures/{MEASURE}"
    for (item, name), day in zip(_ITEMS.items(), (day_of(5, 20), day_of(9, 16), day_of(11, 15)), strict=True):
        done = {"item": item, **_SHOWN}
        told = {"text": f"{SYNTHETIC}：{name}", **done}
        yield Story(day, PROVINCE, f"{at}/follow-ups", f"{MEASURE}, industrial design: {item} goes on", told)
        yield Story(day, PROVINCE, f"{at}/completion", f"{MEASURE}, industrial design: {item} is done", done)
    what = f"{MEASURE} is completed: all of its parts are done"
    yield Story(day_of(11, 15), PROVINCE, f"{at}/completion", what, _SHOWN)


def _diagnosis() -> Iterator[Story]:
    held: dict[str, Any] = {
        "diagnosis": DIAGNOSIS,
        "enterprise_name": f"{SYNTHETIC}电机企业",
        "region": "350981",
        "industry": "3812",
        "institute": f"{SYNTHETIC}研究院",
        "findings": ["装配线节拍不均", "主轴热变形未补偿"],
        **_SHOWN,
    }
    path, day = "/api/v1/diagnoses", day_of(2, 25)
    yield Story(day, "350900", path, "a diagnosis finds two things at a motor maker of 350981", held)
    led = {"outcome": "project", "reference": "demo-di-01"}
    yield Story(day_of(3, 15), "350900", f"{path}/{DIAGNOSIS}/findings/1", "one becomes a project", led)
    dismissed = {"outcome": "dismissed", "reason": f"{SYNTHETIC}：已自行解决"}
    yield Story(
        day_of(3, 15), "350900", f"{path}/{DIAGNOSIS}/findings/2", "the other is dismissed", dismissed
    )


def _guests() -> Iterator[Story]:
    at = f"/api/v1/ceremonies/{CEREMONY}/guests"
    for city, comes in (("350100", True), ("350500", False)):
        firm = f"demo-firm-{city}"
        invited = {
            "firm": firm,
            "name": f"{SYNTHETIC}集团",
            "region": city,
            "categories": ["top_500_private"],
        }
        yield Story(day_of(5, 20), city, at, f"{city} invites a top-500 firm to {CEREMONY}", invited)
        answer = {"attends": comes} if comes else {"attends": comes, "reason": f"{SYNTHETIC}：董事会同日"}
        what = f"the firm of {city} {'comes' if comes else 'does not come'}"
        yield Story(day_of(6, 18), city, f"{at}/{firm}/answer", what, answer)
