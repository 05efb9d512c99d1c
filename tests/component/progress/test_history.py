"""The history of a figure says at each point what the figure said then, though it reads no more than it needs."""

from typing import Any

import pytest

from tests.component.progress.test_tally import reached, registered
from tests.component.progress.world import Service, Sources, moment


@pytest.mark.parametrize(
    ("target", "region"),
    [("TR-1", None), ("TR-6a", None), ("TR-2", None), ("TR-4", None), ("TR-11", None), ("IN-1", None),
     ("EN-14", None), ("EN-14", "350100")],
)  # fmt: skip
async def test_a_history_is_what_each_moment_says(
    service: Service, sources: Sources, target: str, region: str | None
) -> None:
    key = [{"register": "provincial_key", "valid_from": "2013-01-28", "valid_to": None}]
    await sources.plan()
    await registered(sources, "P-1", "350181", registers=key)
    await reached(sources, "P-1", "started", "2013-02-01", "2013-02-02")
    for month in (1, 2, 3):
        for city in ("350100", "350200"):
            await sources.report(city, f"2013-{month:02d}", 10 * month, moment(f"2013-{month + 1:02d}-04"))
    await sources.correct("350100", "2013-01", 44, moment("2013-04-20"))
    await sources.key_users(moment("2013-02-01"), steel=("350102", "20000"))
    for day in ("2013-02-27", "2013-03-30", "2013-04-20"):
        await sources.judged("steel", "350102", day, day != "2013-03-30", moment(day))
    service.clock.set(moment("2013-04-22"))
    asked: dict[str, Any] = {"target": target} if region is None else {"target": target, "region": region}
    answer = await service.ask("figure", **asked, history="month", at_least=sources.positions)
    assert answer["history"]
    for point in answer["history"]:
        then = await service.figure(**asked, as_of=point["as_of"])
        for name in ("value", "target_value", "completion", "pro_rata", "gap_points", "light", "rank"):
            assert point[name] == then[name], (point["as_of"], name)
