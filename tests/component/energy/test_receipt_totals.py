"""What became of everything that was pushed: the sums over the receipts, each reading once, within one's own bounds."""

import pytest

from shared.problems import Problem
from tests.component.energy.conftest import FUQING, MILL, OPS, XIAMEN, Service

SINCE = "2013-01-15T00:00:00+08:00"


async def test_every_reading_of_every_post_has_one_outcome(mill: Service) -> None:
    await mill.push([("2013-01-15 08:00", 100.0), ("2013-01-15 08:15", 101.0)])
    await mill.push([("2013-01-15 08:00", 100.0), ("2013-01-15 08:30", 102.0)])
    await mill.push([("2013-01-15 09:00", 1.0)], meter="M-NOBODY-KNOWS")
    counts = {"accepted": 3, "duplicate": 1, "revised": 0, "superseded": 0, "quarantined": 1, "parked": 0}
    for actor in (OPS, FUQING, MILL):
        found = await mill.ask(actor, "receipt-totals", since=SINCE)
        assert (found["posts"], found["readings"], found["counts"]) == (3, 5, counts)


async def test_by_time_of_receipt_enterprise_and_region(mill: Service) -> None:
    await mill.push([("2013-01-15 08:00", 100.0)], received="2013-01-15 09:00")
    await mill.push([("2013-01-15 08:15", 101.0)], received="2013-01-15 10:00")

    async def posts(**asked: str) -> int:
        found = await mill.ask(OPS, "receipt-totals", **{"since": SINCE, **asked})
        return int(found["posts"])

    assert await posts() == 2
    assert await posts(since="2013-01-15T10:00:00+08:00") == 1
    assert await posts(before="2013-01-15T10:00:00+08:00") == 1
    assert await posts(enterprise="MILL", region="350100") == 2
    assert await posts(region="350200") == 0


async def test_who_may_not_see_an_enterprise_hears_nothing_of_its_receipts(mill: Service) -> None:
    await mill.push([("2013-01-15 08:00", 100.0)])
    assert (await mill.ask(XIAMEN, "receipt-totals", since=SINCE))["posts"] == 0
    with pytest.raises(Problem) as refused:
        await mill.ask(XIAMEN, "receipt-totals", since=SINCE, enterprise="MILL")
    assert refused.value.status in (403, 404)
