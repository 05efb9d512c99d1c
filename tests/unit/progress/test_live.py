"""Running figures of today: the last message per enterprise."""

import json
from datetime import date
from decimal import Decimal

from services.progress.board.live import LiveEnergy
from tests.unit.progress.builders import plan_areas

TODAY = date(2013, 5, 7)


def message(enterprise: str, region: str, tce: str, at: str = "10:00", day: str = "2013-05-07") -> bytes:
    return json.dumps(
        {
            "enterprise": enterprise,
            "region": region,
            "day": day,
            "tce_equal": tce,
            "tce_equivalent": str(Decimal(tce) * 3),
            "present": 40,
            "expected": 41,
            "last_reading_at": f"2013-05-07T{at}:00+08:00",
            "received_at": f"2013-05-07T{at}:01+08:00",
            "sent_at": f"2026-11-23T{at}:02Z",
            "provisional": True,
        }
    ).encode()


def running(live: LiveEnergy, region: str = "350000"):
    return live.running(TODAY, plan_areas(), region)


def test_the_last_message_of_each_enterprise_counts_and_they_add_up_by_region():
    live = LiveEnergy()
    live.take(message("a", "350102", "1.5"))
    live.take(message("a", "350102", "2.25", at="10:15"))
    live.take(message("b", "PT", "4"))
    live.take(message("c", "350203", "8"))
    province = running(live)
    assert (province.tce_equal, province.tce_equivalent) == (Decimal("14.25"), Decimal("42.75"))
    assert (province.enterprises, province.present, province.expected) == (3, 120, 123)
    assert province.last_reading_at.isoformat() == "2013-05-07T02:15:00+00:00"
    assert running(live, "350100").tce_equal == Decimal("6.25")


def test_who_has_no_figure_by_equivalent_value_is_counted_for_that_sum():
    live = LiveEnergy()
    live.take(message("a", "350102", "1"))
    without = json.loads(message("b", "350102", "2")) | {"tce_equivalent": None}
    live.take(json.dumps(without).encode())
    city = running(live, "350100")
    assert (city.tce_equal, city.tce_equivalent) == (Decimal(3), Decimal(3))
    assert (city.unknown, city.unknown_equivalent) == (0, 1)


def test_an_enterprise_that_moves_counts_where_it_is_and_only_there():
    live = LiveEnergy()
    live.take(message("a", "350102", "1"))
    live.take(message("b", "350102", "2"))
    assert (running(live, "350100").tce_equal, running(live, "350200")) == (Decimal(3), None)
    live.take(message("a", "350203", "1.5", at="10:15"))
    assert (running(live, "350100").tce_equal, running(live, "350100").enterprises) == (Decimal(2), 1)
    assert running(live, "350200").tce_equal == Decimal("1.5")
    assert (running(live).tce_equal, running(live).enterprises) == (Decimal("3.5"), 2)


def test_yesterdays_figure_is_not_todays():
    live = LiveEnergy()
    live.take(message("a", "350102", "99", day="2013-05-06"))
    assert running(live) is None


def test_an_enterprise_without_a_figure_is_heard_of_and_not_zero():
    live = LiveEnergy()
    nothing = message("a", "350102", "1").replace(b'"tce_equal": "1"', b'"tce_equal": null')
    live.take(nothing)
    assert (running(live).tce_equal, running(live).enterprises, running(live).unknown) == (None, 1, 1)
    live.take(message("b", "350102", "2"))
    assert (running(live).tce_equal, running(live).enterprises, running(live).unknown) == (Decimal(2), 2, 1)


def test_numbers_and_garbage():
    live = LiveEnergy()
    live.take(message("a", "350102", "1.5").replace(b'"1.5"', b"1.5"))
    live.take(b"garbage")
    live.take(b"{}")
    assert running(live).tce_equal == Decimal("1.5")
