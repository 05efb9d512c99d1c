"""The tag of an answer about "now": the same while nothing but the moment moves, for a minute at most."""

from datetime import datetime, timedelta

import pytest

from services.progress.common.views import View, answered
from services.progress.measures.views import Fresh

NOON = datetime.fromisoformat("2013-05-07T12:00:10.25+08:00")


class Shown(View):
    as_of: datetime
    fresh: Fresh
    value: str


def tag(later_s: float = 0.0, *, age_s: float | None = 2.5, value: str = "1") -> str | None:
    fresh = Fresh(sources={}, last_reading_at=NOON, age_seconds=age_s)
    return answered(Shown(as_of=NOON + timedelta(seconds=later_s), fresh=fresh, value=value)).tag


def test_a_later_moment_of_the_same_minute_says_the_same():
    assert tag() == tag(49.5) == tag(age_s=59.999)


@pytest.mark.parametrize(
    "other",
    [{"later_s": 50}, {"age_s": 60.0}, {"age_s": None}, {"value": '2","as_of":"2013-05-07T12:00:11"'}],
)
def test_anything_else_is_another_answer(other: dict):
    assert tag() != tag(**other)
