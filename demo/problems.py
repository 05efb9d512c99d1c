"""Problems of the demo's projects: one that nobody answers goes up by itself, one goes at once; both are decided.

The province's dispatch meeting (调度会) decides what has come up to it.
"""

from collections.abc import Iterator
from datetime import date

from demo.story import PROVINCE, Story
from demo.world import SYNTHETIC

MEETING = "demo-dispatch-2013-2"
LAND, POWER = "demo-q-land", "demo-q-power"
_AT, _MEETINGS = "/api/v1/problems", "/api/v1/meetings"
_HELD, _SOLVED = date(2013, 5, 20), date(2013, 7, 15)
_SHOWN = {"evidence": f"{SYNTHETIC}文号"}


def stories() -> Iterator[Story]:
    """All that happens to them."""
    yield from _raised()
    yield from _dispatched()
    solved = {"resolution": f"{SYNTHETIC}：指标已下达", **_SHOWN}
    yield Story(_SOLVED, PROVINCE, f"{_AT}/{LAND}/closing", "the problem with land is solved", solved)


def _raised() -> Iterator[Story]:
    land = {"problem": LAND, "project": "demo-tr-01", "kind": "land", "text": f"{SYNTHETIC}：用地指标未落实"}
    what = "350500 raises a problem with land; nobody answers, so it goes up to the province"
    yield Story(date(2013, 2, 25), "350500", _AT, what, land)
    power = {"problem": POWER, "project": "demo-en-01", "kind": "power", "text": f"{SYNTHETIC}：并网未批"}
    day = date(2013, 3, 15)
    yield Story(day, "350400", _AT, "350400 raises a problem with power", power)
    answer = {"answer": f"{SYNTHETIC}：已受理", **_SHOWN}
    yield Story(day, "350400", f"{_AT}/{POWER}/answers", "350400 answers it", answer)
    reason = {"reason": f"{SYNTHETIC}：影响全省电网"}
    yield Story(_HELD, "350400", f"{_AT}/{POWER}/major", "350400 declares its problem a major one", reason)


def _dispatched() -> Iterator[Story]:
    meeting = {
        "meeting": MEETING,
        "kind": "dispatch",
        "name": f"{SYNTHETIC}：项目调度会",
        "region": "350000",
        "held_on": _HELD.isoformat(),
    }
    yield Story(_HELD, PROVINCE, _MEETINGS, "the province convenes its dispatch meeting", meeting)
    listed = {"problems": [LAND, POWER]}
    yield Story(_HELD, PROVINCE, f"{_MEETINGS}/{MEETING}/agenda", "its agenda: what has come up", listed)
    for problem, owner in ((LAND, "省国土资源厅"), (POWER, "省经贸委")):
        decided = {
            "meeting": MEETING,
            "decision": f"{SYNTHETIC}：统筹安排",
            "owner": owner,
            "due_on": _SOLVED.isoformat(),
        }
        path = f"{_AT}/{problem}/decisions"
        yield Story(_HELD, PROVINCE, path, f"the meeting decides {problem}", decided)
    path = f"{_MEETINGS}/{MEETING}/conclusion"
    yield Story(_HELD, PROVINCE, path, "the dispatch meeting is concluded", _SHOWN)
