"""The door's arithmetic: values exact to 1e-6, times to the second, whatever form they come in."""

import json
from decimal import Decimal
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.energy.common.scale import EXTREME, VOID
from services.energy.intake.parse import Origin, parse
from services.energy.readings import ranks
from services.energy.readings.wire import NewerWire, Post, WireError, decode, encode, stamp
from shared.problems import Problem

ORIGIN = Origin("e1", b"r" * 16, 1_400_000_000_000_000, "")


def values_of(body: str) -> list[int]:
    return np.frombuffer(parse(body.encode(), ORIGIN).v, "<i8").tolist()


def rows(*values: str) -> str:
    return json.dumps(
        {"readings": [{"meter": "m", "time": n, "value": "?"} for n in range(len(values))]}
    ).replace('"?"', "%s") % tuple(values)


decimals = st.decimals(0, 4 * 10**12, places=None, allow_nan=False, allow_infinity=False)
short = st.integers(0, 4 * 10**18).map(lambda n: Decimal(n).scaleb(-6))
ties = st.integers(0, 10**17).map(lambda n: (Decimal(n) + Decimal("0.5")).scaleb(-6))
nearly_ties = st.integers(0, 10**17).map(lambda n: Decimal(f"{n}.4{'9' * 30}e-6"))


def exact(value: Decimal) -> int:
    """By fractions alone: half to even at the sixth decimal."""
    return round(Fraction(value) * 10**6)


@given(st.lists(st.one_of(decimals, short, ties, nearly_ties), min_size=1, max_size=5))
def test_numbers_and_strings_are_exact_and_half_goes_to_even(values: list[Decimal]) -> None:
    wanted = [exact(value) for value in values]
    written = [format(value, "f") for value in values]
    assert values_of(rows(*written)) == wanted
    assert values_of(rows(*(f'"{each}"' for each in written))) == wanted
    columns = {"columns": {"meter": "m", "time": list(range(len(values))), "value": written}}
    assert values_of(json.dumps(columns)) == wanted


@pytest.mark.parametrize("value", ["-0.0000004", "-0.000001", "-1", '"-0.000001"', "-1e30"])
def test_no_negative_value_looks_like_a_void(value: str) -> None:
    [found] = values_of(rows(value))
    assert found in (0, -EXTREME)


@pytest.mark.parametrize(
    "value",
    [
        "4611686018427.387904",
        "1e300",
        "1e400",
        '"1e999"',
        '"1e999999999"',
        '"1e99999999999999999999"',
        "123456789012345678901234567890",
        "9" * 5000,
        '"Infinity"',
        '"NaN"',
    ],
    ids=lambda value: value[:30],
)
def test_what_no_meter_shows_is_passed_on_as_an_extreme_with_its_text(value: str) -> None:
    """1e400 was a 422 for the batch, "1e999999999" a 500; in quarantine all read 4611686018427387.904."""
    post = parse(rows("2.5", value).encode(), ORIGIN)
    assert np.frombuffer(post.v, "<i8").tolist() == [2_500_000, EXTREME]
    sent = value.strip('"')
    assert post.as_sent == {1: ("", sent if len(sent) <= 64 else sent[:63] + "…")}


@pytest.mark.parametrize("value", ["1_000", "１２", "١٢", "1,5", "0x10", "", "1e", "--1", "sNaN", "twelve"])
@pytest.mark.parametrize("beside", ["1", "1e400"])
def test_what_is_not_written_as_a_number_is_refused(value: str, beside: str) -> None:
    """Python's own constructors take underscores and the digits of every script."""
    with pytest.raises(Problem) as caught:
        values_of(rows(beside, json.dumps(value)))
    assert (caught.value.status, caught.value.where) == (422, "readings[1].value")


@pytest.mark.parametrize(
    ("value", "kept"),
    [('" 1.5 "', 1_500_000), ('"+2."', 2_000_000), ('".5"', 500_000), ('"1e-999999999"', 0)],
)
def test_what_is_written_as_a_number_is_taken(value: str, kept: int) -> None:
    assert values_of(rows(value)) == [kept]


def test_only_a_correction_voids() -> None:
    with pytest.raises(Problem):
        values_of(rows("null"))
    body = json.loads(rows("null")) | {"correction": True, "reported_at": "2013-01-01T00:00:00Z"}
    post = parse(json.dumps(body).encode(), ORIGIN)
    assert np.frombuffer(post.v, "<i8").tolist() == [-1]
    assert post.rank == ranks.correction(1_356_998_400_000_000)


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ("2013-01-01T00:00:00+08:00", 1_356_969_600),
        ("2012-12-31T16:00:00Z", 1_356_969_600),
        ("2013-01-01T00:00:00.5+08:00", 1_356_969_601),
        ("2013-01-01T00:00:00.499+08:00", 1_356_969_600),
        (1_356_969_600, 1_356_969_600),
        (1_356_969_600.5, 1_356_969_601),
        (1_356_969_600_000, 1_356_969_600),
        (1_356_969_600_499, 1_356_969_600),
        (1_356_969_600_500.5, 1_356_969_601),
        (0, 0),
        (10**30, 2**40),
        (int("9" * 401), 2**40),
        (-int("9" * 401), -(2**40)),
    ],
    ids=lambda each: str(each)[:30],
)
def test_times_are_whole_seconds(time: str | float, seconds: int) -> None:
    body = {"readings": [{"meter": "m", "time": time, "value": 1}]}
    assert np.frombuffer(parse(json.dumps(body).encode(), ORIGIN).t, "<i8").tolist() == [seconds]


def test_what_travels_arrives() -> None:
    post = parse(rows("1", "2.5").encode(), ORIGIN)
    assert decode(encode([post, post])) == [post, post]


def test_the_rank_is_the_place_in_the_queue_and_a_correction_stands_above_it() -> None:
    first, second = parse(rows("1", "2").encode(), ORIGIN), parse(rows("3").encode(), ORIGIN)
    body = json.loads(rows("4")) | {"correction": True, "reported_at": "2013-01-01T00:00:00Z"}
    correction = parse(json.dumps(body).encode(), ORIGIN)
    posts = [first, second, correction]
    stamp(posts, ranks.place(0, 7))
    found = [rank for post in posts for rank in np.frombuffer(post.ranks, "<i8").tolist()]
    assert found == sorted(found)
    assert found[0] > ranks.place(0, 6) + ranks.MOST_IN_MESSAGE - 1
    assert found[2] < ranks.place(0, 8) < ranks.place(1, 1) < ranks.CORRECTION < found[3]


def test_of_two_values_for_one_time_in_a_correction_the_later_place_ranks_higher() -> None:
    body = {
        "readings": [{"meter": "m", "time": 5, "value": v} for v in (3, 1, 2)],
        "correction": True,
        "reported_at": "2013-01-01T00:00:00Z",
    }
    post = parse(json.dumps(body).encode(), ORIGIN)
    stamp([post], 1)
    found = np.frombuffer(post.ranks, "<i8").tolist()
    assert found == sorted(set(found))


class TestMessageOf517f57c:
    """Version 1, as the release before has left it on the queue: values in 1/1000 of their unit."""

    def decoded(self, v: list[int], rank: int = 0, release_at: int = 0) -> Post:
        count = len(v)
        which, long = b"\0\0" * count, [np.array(each, "<i8").tobytes() for each in ([5] * count, v)]
        fields = [b"r" * 16, "e1", 1, ["m"], which, *long, 0, rank, "", "", 0, "", b"", release_at, ""]
        [post] = decode(msgspec.msgpack.encode([1, [fields]]))
        return post

    def test_values_keep_their_meaning(self) -> None:
        post = self.decoded([12_900, 0, VOID, EXTREME, -EXTREME, EXTREME // 1000])
        found = np.frombuffer(post.v, "<i8").tolist()
        assert found == [12_900_000, 0, VOID, EXTREME, -EXTREME, EXTREME]

    def test_a_correction_keeps_the_time_of_its_report(self) -> None:
        assert self.decoded([1], rank=1_356_998_400_000_000).rank == ranks.correction(1_356_998_400_000_000)

    def test_what_it_released_is_older_than_all_that_has_a_rank(self) -> None:
        post = self.decoded([1, 2], release_at=5)
        stamp([post], ranks.place(0, 9))
        assert np.frombuffer(post.ranks, "<i8").tolist() == [0, 0]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_mutilated_message_is_refused(cut: int) -> None:
    body = encode([parse(rows("1", "2.5").encode(), ORIGIN)])
    with pytest.raises(WireError):
        decode(body[:-cut])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(body: bytes) -> None:
    try:
        decode(body)
    except (WireError, NewerWire):
        return
    assert body
