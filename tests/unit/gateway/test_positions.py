"""A position token says what its gateway signed, or it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.positions import PositionTokens
from shared.problems import Problem

TOKENS = PositionTokens("k" * 32)


@given(st.sampled_from(["projects", "energy", "assessment"]), st.integers(0, 2**62))
def test_what_is_signed_is_read(source: str, position: int) -> None:
    assert TOKENS.read(TOKENS.sign(source, position)) == {source: position}


@given(st.text(max_size=80))
def test_an_invented_token_is_a_problem_and_never_an_error(token: str) -> None:
    with pytest.raises(Problem) as refused:
        TOKENS.read(token)
    assert refused.value.status == 400


def test_another_gateways_token_is_refused() -> None:
    with pytest.raises(Problem):
        TOKENS.read(PositionTokens("x" * 32).sign("projects", 1))


def test_a_changed_token_is_refused() -> None:
    token = TOKENS.sign("projects", 7)
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    with pytest.raises(Problem):
        TOKENS.read(changed)


def test_a_short_key_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="32"):
        PositionTokens("short")
