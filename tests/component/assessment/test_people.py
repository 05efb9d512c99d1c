"""The directory of people (人员名录) beside the log, and the end of a person's access."""

import json

import pytest

from shared.identity import Actor
from tests.component.assessment.conftest import OPS, PROVINCE, Service

GATEWAY = Actor("gateway", "system")
PERSON = "p-2c4ouwq6wq3yt5bsxk7ahvmd"
NOTED = {"reference": PERSON, "subject": "5f0d2c", "name": "张三", "contact": "0591-1"}


async def test_who_stands_behind_a_reference_is_noted_by_the_gateway_and_read_by_ops(
    bare_service: Service,
) -> None:
    assert await bare_service.ask(GATEWAY, "note-person", **NOTED) == {"reference": PERSON}
    await bare_service.ask(GATEWAY, "note-person", **{**NOTED, "name": None})
    found = await bare_service.ask(OPS, "get-person", reference=PERSON)
    assert (found["subject"], found["name"], found["contact"]) == ("5f0d2c", "张三", "0591-1")
    assert await bare_service.events() == []
    assert (await bare_service.refused(PROVINCE, "note-person", **NOTED)).status == 403


async def test_an_erased_person_has_no_access_and_is_not_filled_in_again(bare_service: Service) -> None:
    await bare_service.ask(GATEWAY, "note-person", **NOTED)
    reply = await bare_service.call(OPS, "erase-person", key="erase-1", reference=PERSON)
    erased = reply["data"]
    assert (erased["subject"], erased["name"], erased["contact"]) == (None, None, None)
    assert (erased["erased_at"], erased["erased_by"]) == ("2013-03-05T02:00:00Z", "night-shift")
    [event] = await bare_service.events()
    assert (event.type, event.stream, event.data["reason"]) == ("AccessRevoked", f"access:{PERSON}", "erased")
    assert reply["position"] == event.position
    assert await bare_service.call(OPS, "erase-person", key="erase-1", reference=PERSON) == reply
    await bare_service.ask(GATEWAY, "note-person", **NOTED)
    assert await bare_service.ask(OPS, "get-person", reference=PERSON) == erased
    assert "张三" not in json.dumps([each.data for each in await bare_service.events()], ensure_ascii=False)


async def test_whom_nobody_knows_can_be_revoked_but_not_erased(bare_service: Service) -> None:
    problem = await bare_service.refused(OPS, "erase-person", reference=PERSON)
    assert (problem.status, problem.code) == (404, "not-found")
    assert await bare_service.events() == []
    told = await bare_service.ask(OPS, "revoke-access", reference=PERSON, reason="调离岗位")
    [event] = await bare_service.events()
    assert told["issued_until"].endswith("+00:00")
    assert event.data["person"] == PERSON


@pytest.mark.parametrize("operation", ["get-person", "erase-person", "revoke-access"])
async def test_people_are_for_ops_alone(bare_service: Service, operation: str) -> None:
    reason = {"reason": "r"} if operation == "revoke-access" else {}
    problem = await bare_service.refused(PROVINCE, operation, reference=PERSON, **reason)
    assert problem.status == 403
