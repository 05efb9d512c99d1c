"""Problem: told once, the same on the other side of the wire."""

import json
from datetime import date
from decimal import Decimal

import pytest

from shared.problems import MOST_BYTES, Problem, forbidden, invalid, not_found, unavailable

FULL = Problem(
    422,
    "odd",
    "Odd",
    "It is odd.",
    remedy="Make it even.",
    where="items.3",
    errors=[{"where": "items.3", "why": "odd"}],
    retry_after=7,
    extra={"reference": "abc"},
)


@pytest.mark.parametrize(
    "problem",
    [
        FULL,
        Problem(500, "bare", "Bare", "Nothing more."),
        not_found("thing", "7"),
        forbidden("Not yours."),
        invalid("Wrong.", where="x"),
        unavailable("Wait.", extra={"command_id": "k"}),
    ],
)
def test_a_problem_survives_the_wire(problem: Problem) -> None:
    back = Problem.from_dict(json.loads(json.dumps(problem.to_dict())))
    assert back.to_dict() == problem.to_dict()
    assert (back.status, back.code, back.detail) == (problem.status, problem.code, problem.detail)
    assert str(back) == str(problem)


def test_members_are_those_of_rfc_9457_and_empty_ones_are_left_out() -> None:
    assert Problem(404, "gone", "Gone", "Not here.").to_dict() == {
        "type": "urn:shengji:problem:gone",
        "title": "Gone",
        "status": 404,
        "code": "gone",
        "detail": "Not here.",
    }
    assert FULL.to_dict()["reference"] == "abc"


def test_unavailable_says_when_and_how_to_try_again() -> None:
    problem = unavailable("Wait.", retry_after=3)
    assert (problem.status, problem.retry_after) == (503, 3)
    assert "same Idempotency-Key" in problem.remedy


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (Decimal("83500000.10"), "83500000.10"),
        (Decimal("1e400"), "1E+400"),
        (Decimal("NaN"), '"NaN"'),
        (float("inf"), '"inf"'),
        (date(2013, 5, 1), '"2013-05-01"'),
        ("a half pair: \ud800", '"a half pair: ?"'),
        ({"nested": [{"amount": Decimal("0.1")}]}, '{"nested":[{"amount":0.1}]}'),
        (("a", 1), '["a",1]'),
        (b"\xff", '"\ufffd"'),
        ({7: Decimal(1)}, '{"7":1}'),
    ],
)
def test_whatever_a_problem_carries_it_can_be_written_down(given: object, written: str) -> None:
    problem = Problem(409, "edited-meanwhile", "Edited", "Look at both.", extra={"yours": given})
    assert problem.encode().decode().endswith(f'"yours":{written}}}')
    json.loads(problem.encode())


def test_what_nobody_can_write_down_is_named_and_nothing_is_raised() -> None:
    class Mute:
        def __str__(self) -> str:
            raise RuntimeError("no word")

    endless: list[object] = []
    endless.append(endless)
    body = json.loads(Problem(409, "c", "C", "d", extra={"a": Mute(), "b": endless, "c": 10**6_000}).encode())
    assert body["a"] == "<Mute>"
    assert body["c"].startswith("0x")


def test_a_problem_is_never_too_large_for_a_message() -> None:
    large = Problem(
        409, "c", "C", "长" * 300_000, errors=[{"why": "x" * 300_000}], extra={"yours": "y" * 900_000}
    )
    encoded = large.encode()
    assert len(encoded) <= MOST_BYTES
    assert json.loads(encoded)["code"] == "c"
