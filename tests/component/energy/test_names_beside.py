"""Names beside references, in answers of questions and of commands, for who may know them."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.names import NAMES
from shared.identity import Actor
from shared.rpc import Call
from tests.component.energy.conftest import FUQING, FUZHOU, MILL, OPS, OTHER, PROVINCE, XIAMEN, Service

_NAME = "示例纸业 MILL"
_SPAN = {"from": "2013-01-14", "to": "2013-01-14"}


async def test_a_meter_says_what_its_enterprise_and_its_carrier_are_called(mill: Service) -> None:
    made = await mill.meter("M-2")
    repeated = await mill.meter("M-2")
    one = await mill.ask(MILL, "get-meter", meter="M-2")
    _, listed = (await mill.ask(FUQING, "list-meters"))["items"]
    for each in (made, repeated, one, listed):
        assert (each["enterprise_name"], each["carrier_name"]) == (_NAME, "电力")


async def test_an_enterprise_says_what_its_region_is_called(mill: Service) -> None:
    changed = await mill.ask(
        OPS, "change-enterprise", enterprise="MILL", region="350182", valid_from="2013-01-15", reason="moved"
    )
    one = await mill.ask(MILL, "get-enterprise", enterprise="MILL")
    (listed,) = (await mill.ask(FUZHOU, "list-enterprises"))["items"]
    live = await mill.ask(MILL, "enterprise-live", enterprise="MILL")
    (covered,) = (await mill.ask(FUZHOU, "coverage"))["items"]
    assert {each["region_name"] for each in (changed, one, listed, live, covered)} == {"长乐市"}
    assert live["enterprise_name"] == _NAME


async def test_lines_of_the_list_of_key_users_name_enterprise_and_region(mill: Service) -> None:
    (designated,) = (await mill.key_users(2014, MILL="12130"))["enterprises"]
    (listed,) = (await mill.ask(MILL, "get-key-users", year=2014))["items"]
    for each in (designated, listed):
        assert (each["enterprise_name"], each["region_name"]) == (_NAME, "福清市")


async def test_what_waits_to_be_looked_at_names_its_enterprise(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 900_000)])
    await mill.push([("2013-01-14 00:00", 1)], meter="NONE")
    (suspect,) = (await mill.ask(FUZHOU, "list-suspects"))["items"]
    (held,) = (await mill.ask(FUZHOU, "list-quarantine"))["items"]
    one = await mill.ask(FUZHOU, "get-quarantined", reading=held["id"])
    body = {"enterprise": "MILL", "readings": [held["id"]], "reason": "no such meter"}
    dropped = await mill.ask(FUZHOU, "drop-quarantined", **body)
    assert {each["enterprise_name"] for each in (suspect, held, one, dropped)} == {_NAME}


async def test_sums_name_enterprise_and_carrier(mill: Service) -> None:
    await mill.day_of_readings("2013-01-14", 1000, 10)
    sums = await mill.ask(MILL, "enterprise-energy", enterprise="MILL", **_SPAN)
    rows = await mill.ask(MILL, "list-enterprise-energy", enterprise="MILL", **_SPAN)
    of_meter = await mill.ask(MILL, "meter-energy", meter="M-1", **_SPAN)
    assert (sums["enterprise_name"], of_meter["enterprise_name"]) == (_NAME, _NAME)
    assert {each["carrier_name"] for each in (*sums["carriers"], *rows["items"], of_meter)} == {"电力"}


async def test_coefficients_and_credentials_name_whose_they_are(mill: Service) -> None:
    own = {"carrier": "raw_coal", "basis": "both", "kgce": "0.7", "enterprise": "MILL", "source": "measured"}
    dated = {"edition": "measured 2013", "valid_from": "2013-01-01"}
    published = await mill.ask(PROVINCE, "publish-coefficient", **own, **dated)
    *general, listed = (await mill.ask(MILL, "list-coefficients"))["items"]
    days = {"first": "2013-01-01", "last": "2013-01-14"}
    restated = await mill.ask(
        PROVINCE, "restate-coefficients", carrier="raw_coal", enterprise="MILL", reason="measured", **days
    )
    issued = await mill.ask(MILL, "issue-credential", enterprise="MILL", label="box")
    assert (published["carrier_name"], restated["carrier_name"]) == ("原煤", "原煤")
    assert {each["enterprise_name"] for each in (published, listed, restated, issued)} == {_NAME}
    assert {each["enterprise_name"] for each in general} == {None}


@pytest.mark.parametrize(
    ("actor", "told"), [(OPS, _NAME), (FUZHOU, _NAME), (MILL, _NAME), (XIAMEN, None), (OTHER, None)]
)
async def test_who_may_not_see_an_enterprise_is_not_told_its_name(
    mill: Service, actor: Actor, told: str | None
) -> None:
    answer = {"enterprise": "MILL", "enterprise_name": None, "region": "350181", "region_name": None}
    named = await NAMES.named(mill.energy.snapshots, Call("1", actor, "any", {}), answer)
    assert (named["enterprise_name"], named["region_name"]) == (told, "福清市")


async def test_a_page_asks_for_its_names_once_a_kind(mill: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2, 6):
        await mill.enterprise(f"MILL{number}")
        await mill.meter(f"M-{number}", enterprise=f"MILL{number}")
    really, told = AsyncConnection.execute, []

    async def execute(conn: AsyncConnection, statement: Any, *args: Any, **more: Any) -> Any:
        told.append(str(statement))
        return await really(conn, statement, *args, **more)

    monkeypatch.setattr(AsyncConnection, "execute", execute)
    counts = []
    for limit in (1, 5):
        told.clear()
        assert len((await mill.ask(FUZHOU, "list-meters", limit=limit))["items"]) == limit
        counts.append(len(told))
    assert counts[0] == counts[1]
