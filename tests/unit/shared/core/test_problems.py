"""Problem: told once, the same on the other side of the wire."""

import json

import pytest

from shared.problems import Problem, forbidden, invalid, not_found, unavailable

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
