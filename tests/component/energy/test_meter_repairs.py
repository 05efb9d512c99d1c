"""What was said wrong of a meter is corrected or undone: the figures are what they would be had it been said right."""

from typing import Any

import pytest

from services.energy.readings import audit
from tests.component.energy.conftest import FUZHOU, OPS, XIAMEN, Service

_AT = "2013-01-14T11:00:00+08:00"
_LATER = "2013-01-14T15:00:00+08:00"
_ROWS = [
    ("2013-01-14 00:00", 1000),
    ("2013-01-14 10:00", 1100),
    ("2013-01-14 12:00", 70),
    ("2013-01-14 14:00", 90),
    ("2013-01-14 16:00", 110),
]
_REPLACED: dict[str, Any] = {"meter": "M-1", "at": _AT, "serial": "B2", "old_last": "1110", "new_start": "50"}


async def native(service: Service, meter: str = "M-1", day: str = "2013-01-14") -> str | None:
    """The day's energy by the meter's readings; the enterprise's sums must say the same."""
    assert await audit.differences(service.connection) == []
    found = await service.ask(OPS, "meter-energy", meter=meter, **{"from": day, "to": day})
    return found["periods"][0]["native"] if found["periods"] else None


async def suspects(service: Service) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await service.ask(OPS, "list-suspects"))["items"]
    return items


async def test_a_replacement_may_be_entered_after_a_later_ratio_change(mill: Service) -> None:
    """It was refused for ever: what is known held from the ratio change on."""
    await mill.push(_ROWS)
    await mill.ask(
        OPS, "change-meter-ratio", meter="M-1", at=_LATER, ratio="2", register_value="100", reason="CT"
    )
    answer = await mill.ask(OPS, "replace-meter", **_REPLACED, reason="17号")
    # 1000 → 1110, then 50 → 100 once and 100 → 110 twice.
    assert await native(mill) == "180"
    assert (answer["serial"], answer["ratio"], answer["changed"]) == ("B2", "2", True)
    assert (answer["counting_since"], await suspects(mill)) == ("2013-01-14T07:00:00Z", [])


async def test_in_whatever_order_changes_are_said_the_figures_are_the_same(mill: Service) -> None:
    ratio: dict[str, Any] = {"meter": "M-1", "at": _LATER, "ratio": "2", "register_value": "100"}
    await mill.ask(OPS, "change-meter-ratio", **ratio, reason="CT")
    await mill.ask(OPS, "replace-meter", **_REPLACED, reason="17号")
    await mill.push(_ROWS)
    assert await native(mill) == "180"


async def test_a_replacement_typed_wrong_is_corrected(mill: Service) -> None:
    await mill.push(_ROWS)
    await mill.ask(OPS, "replace-meter", **{**_REPLACED, "old_last": "9110"}, reason="17号")
    assert await native(mill) != "170"
    [parked] = await suspects(mill)
    void = {"meter": "M-1", "at": parked["at"], "verdict": "void", "reason": "x"}
    problem = await mill.refused(OPS, "resolve-suspect", **void)
    assert (problem.status, problem.code) == (409, "explicit-change")
    right = {"meter": "M-1", "at": _AT, "old_last": "1110", "reason": "typed 9110 for 1110"}
    assert (await mill.refused(XIAMEN, "correct-meter-change", **right)).status == 404
    answer = await mill.ask(FUZHOU, "correct-meter-change", **right)
    assert (await native(mill), await suspects(mill), answer["changed"]) == ("170", [], True)
    assert (await mill.ask(FUZHOU, "correct-meter-change", **right))["changed"] is False
    [event] = await mill.events("MeterChangeCorrected")
    assert (event.data["old_last"], event.data["new_start"], event.data["serial"]) == ("1110", "50", "B2")
    assert event.data["reason"] == "typed 9110 for 1110"


async def test_a_correction_may_move_a_change(mill: Service) -> None:
    await mill.push(_ROWS)
    await mill.ask(OPS, "replace-meter", **{**_REPLACED, "at": "2013-01-14T13:00:00+08:00"}, reason="17号")
    await mill.ask(
        OPS, "correct-meter-change", meter="M-1", at="2013-01-14T13:00:00+08:00", now_at=_AT, reason="clock"
    )
    assert (await native(mill), await suspects(mill)) == ("170", [])


async def test_a_change_that_did_not_happen_is_undone(mill: Service) -> None:
    """The device's own reading of that moment, which the stated register had superseded, stands again."""
    rows = [("2013-01-14 00:00", 1000), ("2013-01-14 11:00", 1200), ("2013-01-14 12:00", 1250)]
    await mill.push(rows)
    await mill.ask(OPS, "replace-meter", **{**_REPLACED, "new_start": "1110"}, reason="17号")
    assert await native(mill) == "250"
    answer = await mill.ask(OPS, "undo-meter-change", meter="M-1", at=_AT, reason="the neighbour's")
    assert (answer["serial"], answer["counting_since"]) == ("A1", "2012-12-31T16:00:00Z")
    stored = await mill.connection.fetch("SELECT t, v FROM reading ORDER BY t")
    assert len(stored) == 3
    assert await native(mill) == "250"
    assert (
        await mill.refused(OPS, "undo-meter-change", meter="M-1", at=_AT, reason="x")
    ).code == "no-such-change"
    # What comes now is measured by the meter that was there all along.
    await mill.push([("2013-01-14 13:00", 1260)])
    assert await native(mill) == "260"


async def test_a_retirement_is_undone_and_what_came_meanwhile_counts(mill: Service) -> None:
    await mill.push(_ROWS[:2])
    await mill.ask(OPS, "retire-meter", meter="M-1", at=_AT, reason="拆除")
    await mill.push([("2013-01-14 12:00", 1150)])
    assert await native(mill) == "100"
    answer = await mill.ask(OPS, "undo-meter-change", meter="M-1", at=_AT, reason="another meter's")
    assert answer["retired_at"] is None
    state = "SELECT state FROM quarantine"
    assert await mill.connection.fetchval(state) == "releasing"
    await mill.push([("2013-01-14 12:00", 1150)])
    assert await native(mill) == "150"


async def test_a_registration_is_corrected_from_its_beginning(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 10), ("2013-01-14 10:00", 20)])
    answer = await mill.ask(
        OPS,
        "correct-meter-change",
        meter="M-1",
        at="2013-01-01T00:00:00+08:00",
        ratio="30",
        reason="CT 150/5",
    )
    assert (await native(mill), answer["ratio"]) == ("300", "30")
    wrong = {"meter": "M-1", "at": "2013-01-01T00:00:00+08:00", "old_last": "3", "reason": "x"}
    assert (await mill.refused(OPS, "correct-meter-change", **wrong)).code == "not-of-this-change"


async def test_a_rollover_that_cannot_have_passed_is_refused(service: Service) -> None:
    """130 → 5 on five digits became 99,875 kWh in a quarter of an hour."""
    await service.enterprise()
    await service.meter(register_digits=5, capacity="4000")
    await service.push([("2013-01-14 00:00", 130), ("2013-01-14 00:15", 5)])
    [fell] = await suspects(service)
    problem = await service.refused(OPS, "confirm-rollover", meter="M-1", at=fell["at"], reason="photo")
    assert (problem.status, problem.code) == (422, "beyond-capacity")


@pytest.mark.parametrize("operation", ["confirm-rollover", "resolve-suspect"])
async def test_a_wrong_verdict_is_withdrawn(service: Service, operation: str) -> None:
    await service.enterprise()
    rollover = operation == "confirm-rollover"
    await service.meter(register_digits=5, capacity=None if rollover else "4000")
    rows = [(0, 130), (15, 5)] if rollover else [(0, 10), (15, 9000)]
    await service.push([(f"2013-01-14 00:{minute:02}", value) for minute, value in rows])
    [parked] = await suspects(service)
    before = await native(service)
    said = {"meter": "M-1", "at": parked["at"], "reason": "photo"}
    await service.ask(OPS, operation, **said, **({} if rollover else {"verdict": "confirm"}))
    assert await native(service) == ("99875" if rollover else "8990")
    await service.ask(OPS, "withdraw-verdict", **{**said, "reason": "the photo shows another meter"})
    assert await native(service) == before
    assert await suspects(service) == [parked]
    again = await service.refused(OPS, "withdraw-verdict", **said)
    assert (again.status, again.code) == (409, "no-verdict")
    [event] = await service.events("VerdictWithdrawn")
    assert event.data["verdict"] == ("rollover" if rollover else "so")


async def test_a_voided_reading_stands_again(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 9000), ("2013-01-14 00:30", 9010)])
    [parked] = await suspects(mill)
    said = {"meter": "M-1", "at": parked["at"], "reason": "x"}
    await mill.ask(OPS, "resolve-suspect", verdict="void", **said)
    voided = await suspects(mill)
    await mill.ask(OPS, "withdraw-verdict", **said)
    assert (await native(mill), await suspects(mill)) == ("10", [parked])
    await mill.ask(OPS, "resolve-suspect", verdict="void", **said)
    assert await suspects(mill) == voided


async def test_many_glitches_are_voided_at_once(mill: Service) -> None:
    values = [1000.0 + n for n in range(40)]
    rows = [
        (f"2013-01-14 {n // 4:02}:{n % 4 * 15:02}", v if n % 4 != 2 else 9000.0) for n, v in enumerate(values)
    ]
    await mill.push(rows)
    parked = await suspects(mill)
    assert len(parked) == 20
    rose = [each["at"] for each in parked if each["why"] == "jump"]
    said = {"meter": "M-1", "verdict": "void", "reason": "the box sent nonsense"}
    # The intervals that begin with a glitch are settled with it, named or not.
    await mill.ask(OPS, "resolve-suspects", ends=[each["at"] for each in parked], **said)
    assert (await native(mill), await suspects(mill)) == ("39", [])
    assert [event.data["at"] for event in await mill.events("SuspectResolved")] == rose
    assert (await mill.refused(OPS, "resolve-suspects", ends=rose, **said)).code == "nothing-parked"


async def test_a_register_of_another_modulus_than_a_power_of_ten(service: Service) -> None:
    await service.enterprise()
    both = await service.refused(
        OPS, "register-meter", **_body(register_digits=6, register_modulus="838860.8")
    )
    assert both.code == "digits-or-modulus"
    answer = await service.ask(OPS, "register-meter", **_body(register_modulus="838860.8"))
    assert (answer["modulus"], answer["digits"]) == ("838860.8", None)
    await service.push([("2013-01-14 00:00", 838_860), ("2013-01-14 00:15", 9.2)])
    assert (await native(service), await suspects(service)) == ("10", [])


async def test_a_meter_changes_its_interval(mill: Service) -> None:
    """From then on so many readings are expected as it sends."""
    await mill.push([(f"2013-01-14 {n // 4:02}:{n % 4 * 15:02}", 1000.0 + n) for n in range(41)])
    said: dict[str, Any] = {"meter": "M-1", "interval_minutes": 60, "reason": "new firmware"}
    problem = await mill.refused(OPS, "change-meter-interval", at="2013-01-14T10:05:00+08:00", **said)
    assert problem.code == "interval-change-without-register"
    answer = await mill.ask(OPS, "change-meter-interval", at="2013-01-14T10:00:00+08:00", **said)
    assert (answer["interval_minutes"], answer["changed"]) == (60, True)
    await mill.push([(f"2013-01-14 {n:02}:00", 1030.0 + n) for n in range(11, 24)])
    assert await native(mill) == "53"
    day = {"from": "2013-01-14", "to": "2013-01-14"}
    found = await mill.ask(OPS, "meter-energy", meter="M-1", **day)
    assert found["periods"][0]["expected"] == 40 + 14
    answer = await mill.ask(OPS, "undo-meter-change", meter="M-1", at="2013-01-14T10:00:00+08:00", reason="x")
    found = await mill.ask(OPS, "meter-energy", meter="M-1", **day)
    assert (found["periods"][0]["expected"], await native(mill), answer["interval_minutes"]) == (96, "53", 15)


async def test_a_meter_that_was_wired_the_wrong_way_round(mill: Service) -> None:
    """From then on its energy is deducted from the enterprise's; corrected, it is so from the right moment on; undone,
    all of it is added again. The meter's own energy stays what it counts."""
    await mill.push([(f"2013-01-14 0{n}:00", 1000.0 + 10 * n) for n in range(6)])
    said: dict[str, Any] = {"meter": "M-1", "direction": "delivered", "reason": "wired the wrong way round"}
    problem = await mill.refused(OPS, "change-meter-direction", at="2013-01-14T03:05:00+08:00", **said)
    assert problem.code == "direction-change-without-register"
    answer = await mill.ask(OPS, "change-meter-direction", at="2013-01-14T03:00:00+08:00", **said)
    assert (answer["direction"], answer["changed"]) == ("delivered", True)
    assert (await native(mill), await plant(mill)) == ("50", "10")
    again = await mill.ask(OPS, "change-meter-direction", at="2013-01-14T04:00:00+08:00", **said)
    assert again["changed"] is False, "it is so already"
    await mill.push([("2013-01-14 06:00", 1060.0)])
    assert (await native(mill), await plant(mill)) == ("60", "0")

    right = {"now_at": "2013-01-14T05:00:00+08:00", "register_value": "1050", "reason": "the protocol says 5"}
    await mill.ask(OPS, "correct-meter-change", meter="M-1", at="2013-01-14T03:00:00+08:00", **right)
    assert (await native(mill), await plant(mill)) == ("60", "40")
    undone = await mill.ask(
        OPS, "undo-meter-change", meter="M-1", at="2013-01-14T05:00:00+08:00", reason="it wasn't"
    )
    assert (undone["direction"], await native(mill), await plant(mill)) == ("purchased", "60", "60")
    listed = await mill.ask(OPS, "list-meters")
    assert [each["direction"] for each in listed["items"]] == ["purchased"]
    assert await audit.differences(mill.connection) == []


async def test_a_register_that_delivers_from_the_first_day(mill: Service) -> None:
    await mill.meter("M-2", direction="delivered")
    for meter, each in (("M-1", 100), ("M-2", 30)):
        await mill.push([(f"2013-01-14 0{n}:00", 1000.0 + each * n) for n in range(3)], meter=meter)
    assert (await native(mill), await plant(mill)) == ("200", "140")
    at = "2013-01-01T00:00:00+08:00"
    await mill.ask(
        OPS, "correct-meter-change", meter="M-2", at=at, direction="purchased", reason="it is a feeder"
    )
    assert await plant(mill) == "260"
    assert await audit.differences(mill.connection) == []


async def plant(mill: Service) -> str | None:
    """The enterprise's electricity of the day."""
    found = await mill.ask(
        OPS, "enterprise-energy", enterprise="MILL", **{"from": "2013-01-14", "to": "2013-01-14"}
    )
    native: str | None = found["carriers"][0]["periods"][0]["native"]
    return native


def _body(**changes: Any) -> dict[str, Any]:
    return {
        "meter": "M-1",
        "enterprise": "MILL",
        "carrier": "electricity",
        "unit": "kWh",
        "kind": "register",
        "serial": "A1",
        "capacity": "4000",
        "valid_from": "2013-01-01T00:00:00+08:00",
        **changes,
    }
