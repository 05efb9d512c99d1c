"""Readings under names that are no ids: a vendor's own, mapped by an alias; and what the quarantine says of them."""

from typing import Any

from services.energy.readings import release, wire
from services.energy.readings.batch import BatchStep
from tests.component.energy.conftest import FUZHOU, OPS, XIAMEN, Service

_NAME = "一号车间/电表01"
_SAID: dict[str, Any] = {"meter": "M-1", "alias": _NAME, "reason": "the box's own name"}
_ROWS = [("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 1010), ("2013-01-14 00:30", 1030)]


async def held(mill: Service, **which: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await mill.ask(OPS, "list-quarantine", **which))["items"]
    return items


async def work_off_releases(mill: Service) -> None:
    """What the releaser would publish, straight to the worker's step."""
    async with mill.connection.transaction():
        rows = await release.take(mill.connection)
    for p, post in release.posts(rows):
        step = mill.steps.setdefault(p, BatchStep(p))
        await step.run(mill.connection, [wire.decode(wire.encode([post]))[0]], mill.clock.now())


async def native(mill: Service) -> str | None:
    found = await mill.ask(OPS, "meter-energy", meter="M-1", **{"from": "2013-01-14", "to": "2013-01-14"})
    return found["periods"][0]["native"] if found["periods"] else None


async def test_a_name_that_is_no_id_is_mapped_and_what_waited_counts(mill: Service) -> None:
    await mill.push(_ROWS[:2], meter=_NAME)
    assert [row["reason"] for row in await held(mill, meter=_NAME)] == ["unknown_meter"] * 2
    assert (await mill.refused(XIAMEN, "assign-meter-alias", **_SAID)).status == 404
    answer = await mill.ask(FUZHOU, "assign-meter-alias", **_SAID)
    assert (answer["aliases"], answer["changed"]) == ([_NAME], True)
    await work_off_releases(mill)
    await mill.push(_ROWS[2:], meter=_NAME)
    assert (await native(mill), await held(mill)) == ("30", [])
    assert (await mill.ask(OPS, "get-meter", meter="M-1"))["aliases"] == [_NAME]
    assert (await mill.ask(FUZHOU, "assign-meter-alias", **_SAID))["changed"] is False


async def test_a_name_is_one_meters_and_an_enterprises_own(mill: Service) -> None:
    await mill.meter("M-2")
    await mill.ask(OPS, "assign-meter-alias", **_SAID)
    assert (await mill.refused(OPS, "assign-meter-alias", **{**_SAID, "meter": "M-2"})).code == "taken"
    assert (await mill.refused(OPS, "assign-meter-alias", **{**_SAID, "alias": "M-2"})).code == "taken"
    await mill.ask(OPS, "assign-meter-alias", **{**_SAID, "alias": "BOX-9"})
    body: dict[str, Any] = {"enterprise": "MILL", "carrier": "electricity", "unit": "kWh", "kind": "register"}
    more = {"serial": "X", "valid_from": "2013-01-01T00:00:00+08:00"}
    assert (await mill.refused(OPS, "register-meter", meter="BOX-9", **body, **more)).code == "taken"
    await mill.enterprise("OTHER")
    await mill.meter("O-1", OPS, enterprise="OTHER")
    await mill.ask(OPS, "assign-meter-alias", **{**_SAID, "meter": "O-1"})
    await mill.push(_ROWS, meter=_NAME)
    await mill.push(_ROWS[:1], meter=_NAME, enterprise="OTHER")
    assert (await native(mill), await held(mill)) == ("30", [])


async def test_a_name_that_is_withdrawn_is_nobodys(mill: Service) -> None:
    await mill.ask(OPS, "assign-meter-alias", **_SAID)
    await mill.push(_ROWS[:2], meter=_NAME)
    await mill.ask(OPS, "withdraw-meter-alias", **_SAID)
    await mill.push(_ROWS[2:], meter=_NAME)
    assert [row["reason"] for row in await held(mill)] == ["unknown_meter"]
    assert await native(mill) == "10"
    assert (await mill.ask(OPS, "withdraw-meter-alias", **_SAID))["changed"] is False


async def test_what_no_column_holds_is_shown_as_it_was_sent(mill: Service) -> None:
    """And a time that exists is shown, even 1970: it was null."""
    post = wire.Post(
        receipt=b"r" * 16,
        enterprise="MILL",
        received_at=int(mill.clock.now().timestamp()) * 1_000_000,
        meters=["M-1"],
        which=wire.index_column([0, 0]),
        t=wire.column([0, 2**40]),
        v=wire.column([2**62, 1_000_000]),
        as_sent={0: ("", "1e400"), 1: ("99999999999999999999", "")},
    )
    p = await mill.connection.fetchval("SELECT p FROM feed WHERE enterprise = 'MILL'")
    wire.stamp([post], 1)
    await BatchStep(p).run(mill.connection, [post], mill.clock.now())
    first, second = await held(mill)
    assert (first["at"], first["value"], first["sent_value"]) == ("1970-01-01T00:00:00Z", None, "1e400")
    assert (second["sent_time"], second["value"]) == ("99999999999999999999", "1")
