"""Problems and their meetings as portals meet them (PM-9, PM-10, TR-10): from the county's desk to the stream."""

from datetime import timedelta

from tests.component.gateway.world import CITY, COUNTY, World
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for


async def test_a_problem_goes_to_the_province_by_itself_and_is_decided_there(world: World):
    portal = world.portal
    project = await world.new_project()
    today = (await portal.now()).date()
    body = {"problem": unique("Q-UP"), "project": project, "kind": "land", "text": "用地指标未落实"}
    county = portal.caller("county", COUNTY)
    raised = ok(await county.post("/problems", json={**body, "due_on": today.isoformat()}))
    assert (raised["level"], raised["overdue"]) == ("county", False)

    async def at(level: str) -> bool:
        return bool(ok(await county.get(f"/problems/{body['problem']}"))["level"] == level)

    await portal.next_day()
    await wait_for(lambda: at("city"), 20, "the county's problem is the city's")
    due = ok(await portal.city(CITY).get(f"/problems/{body['problem']}"))["due_on"]
    later = (await portal.now()).replace(hour=1)
    while later.date().isoformat() <= due:
        later += timedelta(days=1)
    await portal.step(later)
    await wait_for(lambda: at("province"), 20, "the city's problem is the province's")

    meeting, day = unique("M-UP"), later.date().isoformat()
    call = {"meeting": meeting, "kind": "dispatch", "name": "项目调度会", "region": "350000", "held_on": day}
    ok(await portal.province.post("/meetings", json=call))
    ok(await portal.province.post(f"/meetings/{meeting}/agenda", json={"problems": [body["problem"]]}))
    (packed,) = ok(await county.get(f"/meetings/{meeting}/pack"))["items"]
    assert (packed["project"], packed["problems"][0]["problem"]) == (project, body["problem"])
    decision = {"meeting": meeting, "decision": "统筹安排", "owner": "省国土资源厅", "due_on": day}
    path = f"/problems/{body['problem']}"
    problem(await portal.city(CITY).post(f"{path}/decisions", json=decision), 403)
    answer = await portal.province.post(f"{path}/decisions", json=decision)
    assert ok(answer)["standing"] == "decided"
    over = ok(await portal.province.post(f"/meetings/{meeting}/conclusion", json={"evidence": "纪要3号"}))
    assert (over["problems"], over["decided"]) == (1, 1)
    counts = ok(await portal.province.get("/problems", params={"project": project}))["counts"]
    assert (counts["decided"], counts["waiting"], counts["overdue"]) == (1, 0, 0)
    async with jetstream(portal.system) as js:

        async def told() -> bool:
            last = await js.get_last_msg("PROJECTS", "projects.MeetingConcluded")
            return meeting.encode() in (last.data or b"")

        await wait_for(told, 20, "the meeting's end on the stream")
