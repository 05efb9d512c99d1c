"""Who asks too often waits; nobody else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.limits import Limits
from services.gateway.settings import GatewaySettings
from shared.http_limits import TokenBuckets
from shared.http_refusals import address
from shared.problems import Problem


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def limits(settings: GatewaySettings, clock: Hand, **changes: float) -> Limits:
    return Limits(settings.model_copy(update=changes), clock)


def test_a_burst_is_free_and_then_the_rate_holds() -> None:
    clock = Hand()
    buckets = TokenBuckets(2.0, 3, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.take("b") == 0.0
    clock.now += 0.5
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == 0.5
    clock.now += 1_000
    assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


@given(st.lists(st.floats(0, 3), max_size=60))
def test_never_more_than_burst_and_rate_allow(pauses: list[float]) -> None:
    clock = Hand()
    buckets = TokenBuckets(2.0, 5, clock=clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        wait = buckets.take("a")
        taken += wait == 0.0
        if wait:
            clock.now += wait + 1e-9
            assert buckets.take("a") == 0.0, "who waits as told is let in"
            taken += 1
    assert taken <= 5 + 2.0 * (clock.now - 100.0) + 1e-6


def test_memory_is_bounded_and_the_busiest_stay_limited() -> None:
    clock = Hand()
    buckets = TokenBuckets(1.0, 1, most=10, clock=clock)
    assert buckets.take("busy") == 0.0
    for number in range(100):
        assert buckets.take(f"other-{number}") == 0.0
        assert buckets.take("busy") > 0.0
    assert len(buckets._left) == 10


def test_one_subject_is_limited_and_the_others_are_not(settings: GatewaySettings) -> None:
    clock = Hand()
    held = limits(settings, clock, rate_per_second=10.0, rate_burst=2)
    held.subject("p-1")
    held.subject("p-1")
    with pytest.raises(Problem) as refused:
        held.subject("p-1")
    assert (refused.value.status, refused.value.code, refused.value.retry_after) == (
        429,
        "too-many-requests",
        1,
    )
    held.subject("p-2")
    held.anonymous("10.0.0.1")


def test_streams_are_counted_until_they_end(settings: GatewaySettings) -> None:
    held = limits(settings, Hand(), streams_per_subject=2)
    with held.stream("p-1"), held.stream("p-2"):
        with held.stream("p-1"):
            with pytest.raises(Problem, match="2 live streams") as refused, held.stream("p-1"):
                raise AssertionError("not reached")
            assert refused.value.status == 429
        with held.stream("p-1"):
            pass
    with pytest.raises(RuntimeError), held.stream("p-1"):
        raise RuntimeError("cut off")
    assert held._streams == {}


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "::ffff:a00:1"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_stands_for_whoever_may_choose_it(host: str, counted_as: str) -> None:
    assert address({"type": "http", "client": (host, 1)}) == counted_as


def test_no_address_is_one_address() -> None:
    assert address({"type": "http", "client": None}) == "unknown"
