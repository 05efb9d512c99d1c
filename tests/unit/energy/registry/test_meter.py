"""Meters: what may be done to them, and that nothing which is known about them is edited."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.energy.common.given import AtMoment
from services.energy.common.refusal import Refused
from services.energy.meters.changes.decisions import ChangeRatio, ReplaceMeter
from services.energy.meters.decisions import METER, MeterCommand
from services.energy.meters.facts.events import (
    Calibration,
    Kind,
    MeterRatioChanged,
    MeterRegistered,
    MeterReplaced,
    MeterRetired,
    MeterRolloverConfirmed,
    SuspectResolved,
    Verdict,
)
from services.energy.meters.facts.life import InUse
from services.energy.meters.registration.decisions import Registering, RegisterMeter, RetireMeter, Retiring
from services.energy.meters.units import factor
from services.energy.meters.values import CalibrationIn
from services.energy.meters.verdicts.decisions import ConfirmRollover, Looked, Parked, ResolveSuspect
from shared.command import Given
from tests.kit.spec import given

START = datetime(2013, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=60)
AT = START + timedelta(days=30)
WHO: dict[str, Any] = {"today": date(2013, 3, 2), "by": "clerk"}
CLERK = AtMoment(**WHO, now=NOW)
ELECTRICITY = Registering(**WHO, carrier_unit="kWh")
COAL = Registering(**WHO, carrier_unit="kg")
REGISTER = RegisterMeter(
    meter="M-1",
    enterprise="MILL",
    carrier="electricity",
    unit="MWh",
    kind=Kind.REGISTER,
    serial="A1",
    ratio=Decimal(600),
    register_digits=6,
    capacity=Decimal(4),
    calibration=CalibrationIn(last=date(2012, 1, 1), next=date(2014, 1, 1)),
    valid_from=START,
)
REGISTERED = MeterRegistered(
    meter="M-1",
    enterprise="MILL",
    carrier="electricity",
    unit="MWh",
    carrier_unit="kWh",
    unit_factor=Decimal(1000),
    kind=Kind.REGISTER,
    serial="A1",
    ratio=Decimal(600),
    digits=6,
    capacity=Decimal(4),
    interval_minutes=15,
    scope=1,
    statistic_types=(0,),
    calibration=Calibration(date(2012, 1, 1), date(2014, 1, 1)),
    valid_from=START,
)
REPLACE = ReplaceMeter(
    meter="M-1", at=AT, serial="B2", old_last=Decimal("999110"), new_start=Decimal(50), reason="17号"
)
REPLACED = MeterReplaced(
    meter="M-1",
    enterprise="MILL",
    at=AT,
    serial="B2",
    replaced_serial="A1",
    ratio=Decimal(600),
    digits=6,
    capacity=Decimal(4),
    old_last=Decimal("999110"),
    new_start=Decimal(50),
    calibration=Calibration(),
    reason="17号",
)
PARKED = Parked(AT - timedelta(minutes=15), AT, "jump", Decimal(8000))


def looked(parked: Parked | None) -> Looked:
    """What the store has of the one interval that ends at AT."""
    return Looked(**WHO, parked=((AT, parked),))


def resolve(verdict: Verdict, reason: str = "x") -> ResolveSuspect:
    """A word on the one interval that ends at AT."""
    return ResolveSuspect(meter="M-1", at=AT, verdict=verdict, reason=reason)


def rollover(reason: str = "x") -> ConfirmRollover:
    return ConfirmRollover(meter="M-1", at=AT, reason=reason)


def retire(at: datetime, reason: str = "x") -> RetireMeter:
    return RetireMeter(meter="M-1", at=at, reason=reason)


def last_reading(at: datetime | None = None) -> Retiring:
    return Retiring(**WHO, last_reading_at=at)


SCALE = replace(
    REGISTER,
    carrier="raw_coal",
    unit="t",
    kind=Kind.INTERVAL,
    serial="W1",
    ratio=Decimal(1),
    register_digits=None,
    capacity=None,
)
SCALED = given(METER).when(SCALE, COAL).events[0]


def test_a_meter_is_registered_with_the_step_from_its_unit_to_the_carriers() -> None:
    given(METER).when(REGISTER, ELECTRICITY).then(REGISTERED)


def test_the_same_registration_again_changes_nothing_and_another_is_refused() -> None:
    given(METER, REGISTERED).when(REGISTER, ELECTRICITY).changes_nothing()
    other = replace(REGISTER, unit="kWh")
    given(METER, REGISTERED).when(other, ELECTRICITY).rejects("registered already", code="taken")


def test_an_id_that_is_another_meters_alias_is_refused() -> None:
    """What comes under it is that meter's."""
    taken = replace(ELECTRICITY, alias_of="M-2")
    given(METER).when(REGISTER, taken).rejects("are those of 'M-2'", code="taken")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "t"}, "unit-does-not-convert"),
        ({"unit": "furlong"}, "unit-does-not-convert"),
        ({"meter": "bad id"}, "malformed-meter"),
        ({"statistic_types": ()}, "statistic-types"),
        ({"statistic_types": (0, 0)}, "statistic-types"),
        ({"interval_minutes": 7}, "interval-does-not-divide-the-day"),
        ({"ratio": Decimal(0)}, "ratio-out-of-range"),
        ({"ratio": Decimal("1.0000001")}, "ratio-out-of-range"),
        ({"register_digits": 13}, "digits-out-of-range"),
        ({"unit": "Wh", "ratio": Decimal("0.0625")}, "ratio-too-fine"),
        (
            {
                "unit": "kWh",
                "ratio": Decimal("1.234567"),
                "capacity": Decimal(2_000_000),
            },
            "counter-too-large",
        ),
        ({"capacity": Decimal(0)}, "capacity-not-positive"),
        ({"capacity": Decimal(10**7)}, "capacity-out-of-range"),
        ({"kind": Kind.INTERVAL}, "interval-meter-has-no-digits"),
        (
            {"calibration": CalibrationIn(last=date(2014, 1, 1), next=date(2013, 1, 1))},
            "calibration-reversed",
        ),
    ],
)
def test_what_cannot_be_counted_is_not_registered(change: dict[str, object], code: str) -> None:
    outcome = given(METER).when(replace(REGISTER, **change), ELECTRICITY)  # type: ignore[arg-type]
    outcome.rejects(str(getattr(outcome.refusal, "detail", "-")), code=code)


@pytest.mark.parametrize(
    ("unit", "carrier_unit", "expected"),
    [
        ("kWh", "kWh", "1"),
        ("MWh", "kWh", "1000"),
        ("kWh_1e4", "kWh", "10000"),
        ("t", "kg", "1000"),
        ("kg", "t", "0.001"),
        ("m3_1e4", "m3", "10000"),
        ("GJ", "MJ", "1000"),
        ("kJ", "MJ", "0.001"),
    ],
)
def test_units_convert_exactly(unit: str, carrier_unit: str, expected: str) -> None:
    assert factor(unit, carrier_unit) == Decimal(expected)


def test_energy_does_not_convert_to_mass() -> None:
    with pytest.raises(Refused, match="doesn't convert"):
        factor("kWh", "kg")


def test_a_replacement_names_the_device_before() -> None:
    state = given(METER, REGISTERED).when(REPLACE, CLERK).then(REPLACED)
    assert isinstance(state, InUse)
    assert (state.counter.serial, state.since) == ("B2", AT)


def test_a_registers_replacement_needs_both_values() -> None:
    for missing in (replace(REPLACE, old_last=None), replace(REPLACE, new_start=None)):
        given(METER, REGISTERED).when(missing, CLERK).rejects(
            "old register's last value and the new one's first"
        )


@pytest.mark.parametrize("value", ["1000000", "-1"])
def test_a_register_shows_what_its_digits_can_show(value: str) -> None:
    for said in (replace(REPLACE, old_last=Decimal(value)), replace(REPLACE, new_start=Decimal(value))):
        given(METER, REGISTERED).when(said, CLERK).rejects("show")
    undigited = replace(REGISTERED, digits=None)
    huge = replace(REPLACE, old_last=Decimal(5 * 10**12))
    given(METER, undigited).when(huge, CLERK).rejects(
        "unknown digits doesn't show", code="register-too-large"
    )


def test_a_change_happened_when_it_happened() -> None:
    """Recorded later, it keeps its own time."""
    assert REPLACED.occurred_at == AT


def test_a_meter_of_quantities_is_replaced_without_registers() -> None:
    quantities = replace(REPLACE, serial="W2")
    given(METER, SCALED).when(quantities, CLERK).rejects("it has no register")
    bare = replace(quantities, old_last=None, new_start=None)
    assert given(METER, SCALED).when(bare, CLERK).refusal is None


def test_changes_come_in_order_and_not_ahead_of_time() -> None:
    early, ahead = replace(REPLACE, at=START), replace(REPLACE, at=NOW + timedelta(seconds=1))
    given(METER, REGISTERED).when(early, CLERK).rejects("within", code="outside-its-life")
    given(METER, REGISTERED).when(ahead, CLERK).rejects("lies ahead")
    again = given(METER, REGISTERED, REPLACED).when(REPLACE, CLERK)
    again.rejects("known already", code="changed-then-already")


def test_a_ratio_changes_at_a_register_value() -> None:
    change = ChangeRatio(
        meter="M-1", at=AT, ratio=Decimal(800), register_value=Decimal("12004.2"), reason="互感器"
    )
    given(METER, REGISTERED).when(change, CLERK).then(
        MeterRatioChanged(
            meter="M-1",
            enterprise="MILL",
            at=AT,
            ratio=Decimal(800),
            previous_ratio=Decimal(600),
            register_value=Decimal("12004.2"),
            reason="互感器",
        )
    )
    unread = replace(change, register_value=None)
    given(METER, REGISTERED).when(unread, CLERK).rejects("at a register value")
    given(METER, REGISTERED).when(replace(change, ratio=Decimal(600)), CLERK).changes_nothing()


def test_a_rollover_is_confirmed_where_the_register_fell() -> None:
    fell = replace(PARKED, why="backwards", energy=Decimal(-599_999_999_500))
    given(METER, REGISTERED).when(rollover("照片"), looked(fell)).then(
        MeterRolloverConfirmed(
            meter="M-1", enterprise="MILL", statistic_type=0, start=fell.start, at=AT, reason="照片"
        )
    )
    for parked in (None, PARKED):
        given(METER, REGISTERED).when(rollover(), looked(parked)).rejects(
            "in which the register fell", code="nothing-fell"
        )


def test_without_known_digits_there_is_no_rollover() -> None:
    undigited = replace(REGISTERED, digits=None)
    fell = replace(PARKED, why="backwards")
    given(METER, undigited).when(rollover(), looked(fell)).rejects("no known number of digits")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_person_settles_a_jump(verdict: Verdict) -> None:
    given(METER, REGISTERED).when(resolve(verdict, "试车"), looked(PARKED)).then(
        SuspectResolved(
            meter="M-1",
            enterprise="MILL",
            statistic_type=0,
            start=PARKED.start,
            at=AT,
            why="jump",
            energy=Decimal(8000),
            verdict=verdict,
            reason="试车",
        )
    )


def test_there_is_no_energy_to_confirm_where_the_register_fell() -> None:
    fell = looked(replace(PARKED, why="backwards"))
    given(METER, REGISTERED).when(resolve(Verdict.CONFIRM), fell).rejects("no energy to confirm")
    assert given(METER, REGISTERED).when(resolve(Verdict.VOID), fell).refusal is None


def test_what_is_not_parked_is_not_settled() -> None:
    given(METER, REGISTERED).when(resolve(Verdict.VOID), looked(None)).rejects("No parked interval")


RETIRED = MeterRetired(meter="M-1", enterprise="MILL", at=AT, reason="拆除")


def test_a_meter_retires_after_its_last_reading() -> None:
    given(METER, REGISTERED).when(retire(AT, "拆除"), last_reading(AT)).then(RETIRED)
    later = last_reading(AT + timedelta(minutes=15))
    given(METER, REGISTERED).when(retire(AT), later).rejects("There are readings")


def test_what_was_retired_stays_so() -> None:
    given(METER, REGISTERED, RETIRED).when(retire(AT, "拆除"), last_reading()).changes_nothing()
    for command, known in (
        (retire(NOW), last_reading()),
        (REPLACE, CLERK),
        (replace(REGISTER, valid_from=NOW), ELECTRICITY),
        (rollover(), looked(PARKED)),
    ):
        given(METER, REGISTERED, RETIRED).when(command, known).rejects("was retired")
    settled = resolve(Verdict.VOID)
    assert given(METER, REGISTERED, RETIRED).when(settled, looked(PARKED)).refusal is None


@pytest.mark.parametrize(
    ("command", "known"),
    [(REPLACE, CLERK), (retire(AT), last_reading()), (resolve(Verdict.VOID), looked(PARKED))],
)
def test_nothing_is_done_to_a_meter_that_nobody_registered(command: MeterCommand, known: Given) -> None:
    given(METER).when(command, known).rejects("There is no meter", code="not-found")
