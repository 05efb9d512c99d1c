"""Problems of the demo's projects: one that nobody answers goes up by itself, one goes at once, one is solved.

The province's dispatch meeting (调度会) decides what has come up to it.
"""

from collections.abc import Iterator
from datetime import date

from cli.demo.projects import Act
from cli.demo.world import SYNTHETIC
from cli.door import Door

MEETING = "demo-dispatch-2013-2"
_RAISED, _HELD, _SOLVED = date(2013, 2, 25), date(2013, 5, 20), date(2013, 7, 15)


def acts(province: Door, cities: dict[str, Door]) -> Iterator[Act]:
    """All that happens to them, in order of days."""
    quanzhou, sanming = cities["350500"], cities["350400"]

    async def raise_land() -> None:
        body = {
            "problem": "demo-q-land",
            "project": "demo-tr-01",
            "kind": "land",
            "text": f"{SYNTHETIC}：用地指标未落实",
        }
        await quanzhou.post("/api/v1/problems", body, key="demo-q-land")

    async def raise_power() -> None:
        body = {
            "problem": "demo-q-power",
            "project": "demo-en-01",
            "kind": "power",
            "text": f"{SYNTHETIC}：并网未批",
        }
        await sanming.post("/api/v1/problems", body, key="demo-q-power")
        answer = {"answer": f"{SYNTHETIC}：已受理", "evidence": f"{SYNTHETIC}文号"}
        await sanming.post("/api/v1/problems/demo-q-power/answers", answer, key="demo-q-power-answer")

    async def declare() -> None:
        path = "/api/v1/problems/demo-q-power/major"
        await sanming.post(path, {"reason": f"{SYNTHETIC}：影响全省电网"}, key="demo-q-power-major")

    async def meet() -> None:
        day = _HELD.isoformat()
        meeting = {"meeting": MEETING, "kind": "dispatch", "name": f"{SYNTHETIC}：项目调度会"}
        call = {**meeting, "region": "350000", "held_on": day}
        await province.post("/api/v1/meetings", call, key=MEETING)
        await province.post(f"/api/v1/meetings/{MEETING}/agenda", {}, key=f"{MEETING}-agenda")
        pack = await province.get(f"/api/v1/meetings/{MEETING}/pack")
        decision = {"meeting": MEETING, "decision": f"{SYNTHETIC}：统筹安排", "due_on": _SOLVED.isoformat()}
        for problem in (each["problem"] for packed in pack["items"] for each in packed["problems"]):
            path = f"/api/v1/problems/{problem}/decisions"
            await province.post(path, {**decision, "owner": "省经贸委"}, key=f"{problem}-decision")
        minutes = {"evidence": f"{SYNTHETIC}纪要"}
        await province.post(f"/api/v1/meetings/{MEETING}/conclusion", minutes, key=f"{MEETING}-over")

    async def close() -> None:
        ended = {"resolution": f"{SYNTHETIC}：指标已下达", "evidence": f"{SYNTHETIC}文号"}
        await province.post("/api/v1/problems/demo-q-land/closing", ended, key="demo-q-land-closed")

    yield (
        _RAISED,
        "350500 raises a problem with land; nobody answers, so it goes up to the province",
        raise_land,
    )
    yield date(2013, 3, 15), "350400 raises a problem with power and answers it", raise_power
    yield _HELD, "350400 declares its problem a major one", declare
    yield _HELD, "the province's dispatch meeting decides what has come up to it", meet
    yield _SOLVED, "the problem with land is solved", close
