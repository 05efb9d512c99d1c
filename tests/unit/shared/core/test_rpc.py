"""Operations: every request gets a reply, and every reply says what to do."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from asyncpg import InternalClientError
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import MAX_REPLY_BYTES, Call, Encoded, Operations, Reply
from shared.rpc.client import _Answer

ACTOR = Actor("alice", "clerk", "north")


class Ask(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid")

    what: str
    amount: Decimal = Decimal(0)


class Told(BaseModel):
    """An answer."""

    what: str
    amount: Decimal


def operations() -> Operations:
    ops = Operations("things")

    @ops.query("echo", request=Ask, response=Told, summary="Say it again")
    async def echo(call: Call, body: Ask) -> Told:
        """What was asked is told."""
        return Told(what=body.what, amount=body.amount)

    @ops.command("do", request=Ask, response=Told, summary="Do it")
    async def do(call: Call, body: Ask) -> Reply:
        return Reply({"what": call.actor.subject, "amount": "1"}, "things", 7)

    @ops.query("raise", request=Ask, response=Told, summary="Fail")
    async def fail(call: Call, body: Ask) -> Told:
        errors: dict[str, Exception] = {
            "bug": RuntimeError("secret inside"),
            "problem": Problem(409, "taken", "Taken", "It is taken."),
            "edited": Problem(409, "edited-meanwhile", "Edited", "Look.", extra={"yours": call.body}),
            "outage": PoolTimeout(),
            "refused": ConnectionRefusedError(),
            "cut": InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
        }
        raise errors[body.what]

    @ops.query("long", request=Ask, response=Told, summary="A long answer")
    async def long(call: Call, body: Ask) -> dict[str, str]:
        return {"what": "x" * MAX_REPLY_BYTES, "amount": "0"}

    @ops.query("written", request=Ask, response=Told, summary="An answer that was written before")
    async def written(call: Call, body: Ask) -> Encoded:
        return Encoded.of(Told(what=body.what, amount=body.amount))

    @ops.query("unwritable", request=Ask, response=Told, summary="An answer that is no JSON")
    async def unwritable(call: Call, body: Ask) -> dict[str, Any]:
        return {"what": object()}

    return ops


async def ask(operation: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    call = Call("k1", ACTOR, operation, body, **more)
    reply: dict[str, Any] = json.loads(await operations().answer(call.encode()))
    return reply


@pytest.mark.parametrize("what", ["福州", 'a "quote"'])
async def test_an_answer_written_before_is_the_same_answer(what: str) -> None:
    assert await ask("written", {"what": what}) == await ask("echo", {"what": what})


def test_a_text_that_no_json_may_hold_is_written_all_the_same() -> None:
    written = Encoded.of(Told(what="half a pair \ud800", amount=Decimal(1)))
    assert json.loads(written.data) == {"what": "half a pair ?", "amount": "1"}


async def test_a_query_is_answered_with_data_and_a_command_with_its_position_too() -> None:
    assert await ask("echo", {"what": "福州", "amount": Decimal("0.10")}) == {
        "data": {"what": "福州", "amount": "0.10"}
    }
    assert await ask("do", {"what": "x"}) == {
        "data": {"what": "alice", "amount": "1"},
        "source": "things",
        "position": 7,
    }


@pytest.mark.parametrize("number", ["12345678901234567.89", "0.1", "1E+3", "-0.000001"])
async def test_numbers_cross_the_wire_exactly(number: str) -> None:
    reply = await ask("echo", {"what": "x", "amount": Decimal(number)})
    assert Decimal(reply["data"]["amount"]) == Decimal(number)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"{}",
        b'{"body": {}}',
        b'{"body": [], "command_id": "k", "actor": {"subject": "a", "role": "r"}, "operation": "echo"}',
        b'{"body": {}, "command_id": "k", "actor": null, "operation": "echo"}',
        b'{"body": {}, "command_id": "k", "actor": {"role": "r"}, "operation": "echo"}',
        b'{"body": {}, "command_id": "k", "actor": {"subject": "a", "role": "r"}, "operation": "echo",'
        b' "deadline": "tomorrow"}',
        b'{"body": {}, "command_id": "k", "actor": {"subject": "a", "role": "r"}, "operation": "echo",'
        b' "deadline": "2013-01-01T00:00:00"}',
        b'{"body": {"what": "\\u0000"}, "command_id": "k", "actor": {"subject": "a", "role": "r"},'
        b' "operation": "echo"}',
        b'{"body": {"what": "\\ud800"}, "command_id": "k", "actor": {"subject": "a", "role": "r"},'
        b' "operation": "echo"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_what_is_no_call_is_answered_as_malformed(raw: bytes) -> None:
    reply = json.loads(await operations().answer(raw))
    assert (reply["problem"]["status"], reply["problem"]["code"]) == (400, "malformed-call")


async def test_an_unknown_operation_is_not_found() -> None:
    assert (await ask("sing", {}))["problem"]["code"] == "no-such-operation"


async def test_a_handler_that_raises_replies_with_a_reference_and_without_its_insides() -> None:
    problem = (await ask("raise", {"what": "bug"}))["problem"]
    assert (problem["status"], problem["code"]) == (500, "internal")
    assert problem["reference"] in problem["detail"]
    assert "secret" not in json.dumps(problem)


async def test_a_problem_of_a_handler_reaches_the_caller() -> None:
    problem = (await ask("raise", {"what": "problem"}))["problem"]
    assert (problem["status"], problem["code"]) == (409, "taken")


@pytest.mark.parametrize("what", ["outage", "refused", "cut"])
async def test_an_outage_of_the_database_is_told_as_one(what: str) -> None:
    problem = (await ask("raise", {"what": what}))["problem"]
    assert (problem["status"], problem["retry_after"]) == (503, 1)


async def test_an_expired_call_is_not_carried_out() -> None:
    gone = datetime.now(UTC) - timedelta(seconds=1)
    problem = (await ask("do", {"what": "x"}, deadline=gone))["problem"]
    assert problem["status"] == 503
    ahead = datetime.now(UTC) + timedelta(seconds=30)
    assert "data" in await ask("do", {"what": "x"}, deadline=ahead)


async def test_an_answer_too_large_or_unwritable_is_a_problem_not_a_silence() -> None:
    problem = (await ask("long", {"what": "x"}))["problem"]
    assert (problem["status"], problem["code"]) == (413, "answer-too-large")
    assert (await ask("unwritable", {"what": "x"}))["problem"]["status"] == 500


async def test_every_wrong_field_is_named() -> None:
    problem = (await ask("echo", {"amount": "many", "waht": "x"}))["problem"]
    assert problem["status"] == 422
    assert {error["where"] for error in problem["errors"]} == {"what", "amount", "waht"}
    assert "and 2 more" in problem["detail"]


def test_a_call_survives_the_wire() -> None:
    call = Call("k", ACTOR, "do", {"a": Decimal("1.50")}, datetime.now(UTC), "corr", {"traceparent": "00-1"})
    assert Call.decode(call.encode()) == call


def test_the_contract_says_what_goes_in_and_out() -> None:
    contract = operations().contract()
    assert contract["service"] == "things"
    echo = contract["operations"]["echo"]
    assert (echo["kind"], echo["summary"], echo["description"]) == (
        "query",
        "Say it again",
        "What was asked is told.",
    )
    assert echo["request"] == {"$ref": "#/schemas/Ask"}
    assert echo["response"] == {"$ref": "#/schemas/Told"}
    assert contract["operations"]["do"]["kind"] == "command"


def test_two_operations_of_one_name_are_an_error() -> None:
    ops = operations()
    with pytest.raises(ValueError, match="registered twice"):
        ops.query("echo", request=Ask, response=Told, summary="")(lambda call, body: None)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("amount", [Decimal("83500000.5"), Decimal("1e300"), 7])
async def test_a_refusal_that_repeats_an_amount_is_an_answer(amount: Decimal):
    """An edit conflict with a decimal amount got no reply at all: its caller waited ten seconds for 503."""
    raw = await operations().answer(Call("k1", ACTOR, "raise", {"what": "edited", "amount": amount}).encode())
    reply = json.loads(raw, parse_float=Decimal)
    assert reply["problem"]["code"] == "edited-meanwhile"
    assert reply["problem"]["yours"]["amount"] == amount


def test_a_querys_refusal_is_read_by_its_asker() -> None:
    """`Raw | None` takes nothing but null: every refusal of a query came out of the gateway as a 500."""
    refused = msgspec.json.encode({"problem": Problem(404, "not-found", "Not found", "x").to_dict()})
    assert msgspec.json.decode(bytes(msgspec.json.decode(refused, type=_Answer).problem))["status"] == 404
    assert not bytes(msgspec.json.decode(b'{"data":[1],"tag":null}', type=_Answer).problem)
