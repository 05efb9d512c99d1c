"""Meters: what may be done to them, and that nothing which is known about them is edited."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.energy.common.refusal import Refused
from services.energy.domain import meter, meter_life
from services.energy.domain.carrier_units import factor
from services.energy.domain.meter import (
    Calibration,
    Counter,
    Kind,
    MeterRatioChanged,
    MeterRegistered,
    MeterReplaced,
    MeterRetired,
    MeterRolloverConfirmed,
    SuspectResolved,
    Verdict,
)
from services.energy.domain.meter_changes import Device
from services.energy.domain.meter_decisions import (
    Carrier,
    ChangeRatio,
    Command,
    ConfirmRollover,
    Parked,
    RegisterMeter,
    ReplaceMeter,
    ResolveSuspects,
    RetireMeter,
    decide,
)
from shared.decider import Decider
from tests.kit.spec import given

METER: Decider[meter_life.State, Command, meter.Event] = Decider(
    meter_life.NoMeter(), decide, meter_life.evolve
)
START = datetime(2013, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=60)
AT = START + timedelta(days=30)
COUNTER = Counter("A1", Decimal(600), 6, Decimal(4))
REGISTER = RegisterMeter(
    "M-1",
    "MILL",
    True,
    "electricity",
    Carrier("electricity", "kWh"),
    "MWh",
    Kind.REGISTER,
    COUNTER,
    15,
    1,
    (0,),
    Calibration(date(2012, 1, 1), date(2014, 1, 1)),
    START,
)
REGISTERED = MeterRegistered(
    "M-1",
    "MILL",
    "electricity",
    "MWh",
    "kWh",
    Decimal(1000),
    Kind.REGISTER,
    "A1",
    Decimal(600),
    6,
    Decimal(4),
    15,
    1,
    (0,),
    Calibration(date(2012, 1, 1), date(2014, 1, 1)),
    START,
)
REPLACE = ReplaceMeter(AT, Device("B2"), Decimal("999110"), Decimal(50), Calibration(), "17号", NOW)
REPLACED = MeterReplaced(
    "M-1",
    "MILL",
    AT,
    "B2",
    "A1",
    Decimal(600),
    6,
    Decimal(4),
    Decimal("999110"),
    Decimal(50),
    Calibration(),
    "17号",
)
PARKED = Parked(AT - timedelta(minutes=15), AT, "jump", Decimal(8000))


def resolve(verdict: Verdict, parked: Parked | None, reason: str = "x") -> ResolveSuspects:
    """A word on the one interval that ends at AT."""
    return ResolveSuspects(0, verdict, reason, ((AT, parked),))


SCALE = replace(
    REGISTER,
    carrier_code="raw_coal",
    carrier=Carrier("raw_coal", "kg"),
    unit="t",
    kind=Kind.INTERVAL,
    counter=Counter("W1", Decimal(1), None, None),
)
SCALED = given(METER).when(SCALE).events[0]


def test_a_meter_is_registered_with_the_step_from_its_unit_to_the_carriers() -> None:
    given(METER).when(REGISTER).then(REGISTERED)


def test_the_same_registration_again_changes_nothing_and_another_is_refused() -> None:
    given(METER, REGISTERED).when(REGISTER).changes_nothing()
    given(METER, REGISTERED).when(replace(REGISTER, unit="kWh")).rejects("registered already", code="taken")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"enterprise_known": False}, "not-found"),
        ({"carrier": None}, "unknown-carrier"),
        ({"unit": "t"}, "unit-does-not-convert"),
        ({"unit": "furlong"}, "unit-does-not-convert"),
        ({"meter": "bad id"}, "malformed-meter"),
        ({"statistic_types": ()}, "statistic-types"),
        ({"statistic_types": (0, 0)}, "statistic-types"),
        ({"interval_minutes": 7}, "interval-does-not-divide-the-day"),
        ({"counter": replace(COUNTER, ratio=Decimal(0))}, "ratio-out-of-range"),
        ({"counter": replace(COUNTER, ratio=Decimal("1.0000001"))}, "ratio-out-of-range"),
        ({"counter": replace(COUNTER, digits=13)}, "digits-out-of-range"),
        ({"unit": "Wh", "counter": replace(COUNTER, ratio=Decimal("0.0625"))}, "ratio-too-fine"),
        (
            {
                "unit": "kWh",
                "counter": replace(COUNTER, ratio=Decimal("1.234567"), capacity=Decimal(2_000_000)),
            },
            "counter-too-large",
        ),
        ({"counter": replace(COUNTER, capacity=Decimal(0))}, "capacity-not-positive"),
        ({"counter": replace(COUNTER, capacity=Decimal(10**7))}, "capacity-out-of-range"),
        ({"kind": Kind.INTERVAL}, "interval-meter-has-no-digits"),
        ({"calibration": Calibration(date(2014, 1, 1), date(2013, 1, 1))}, "calibration-reversed"),
    ],
)
def test_what_cannot_be_counted_is_not_registered(change: dict[str, object], code: str) -> None:
    outcome = given(METER).when(replace(REGISTER, **change))  # type: ignore[arg-type]
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
    state = given(METER, REGISTERED).when(REPLACE).then(REPLACED)
    assert isinstance(state, meter_life.InUse)
    assert (state.counter.serial, state.since) == ("B2", AT)


def test_a_registers_replacement_needs_both_values() -> None:
    for missing in (replace(REPLACE, old_last=None), replace(REPLACE, new_start=None)):
        given(METER, REGISTERED).when(missing).rejects("old register's last value and the new one's first")


@pytest.mark.parametrize("value", ["1000000", "-1"])
def test_a_register_shows_what_its_digits_can_show(value: str) -> None:
    for said in (replace(REPLACE, old_last=Decimal(value)), replace(REPLACE, new_start=Decimal(value))):
        given(METER, REGISTERED).when(said).rejects("show")
    undigited = replace(REGISTERED, digits=None)
    huge = replace(REPLACE, old_last=Decimal(5 * 10**12))
    given(METER, undigited).when(huge).rejects("unknown digits doesn't show", code="register-too-large")


def test_a_change_happened_when_it_happened() -> None:
    """Recorded later, it keeps its own time."""
    assert REPLACED.occurred_at == AT


def test_a_meter_of_quantities_is_replaced_without_registers() -> None:
    quantities = replace(REPLACE, device=Device("W2"))
    given(METER, SCALED).when(quantities).rejects("it has no register")
    bare = replace(quantities, old_last=None, new_start=None)
    assert given(METER, SCALED).when(bare).refusal is None


def test_changes_come_in_order_and_not_ahead_of_time() -> None:
    given(METER, REGISTERED).when(replace(REPLACE, at=START)).rejects("within", code="outside-its-life")
    given(METER, REGISTERED).when(replace(REPLACE, at=NOW + timedelta(seconds=1))).rejects("lies ahead")
    given(METER, REGISTERED, REPLACED).when(REPLACE).rejects("known already", code="changed-then-already")


def test_a_ratio_changes_at_a_register_value() -> None:
    change = ChangeRatio(AT, Decimal(800), Decimal("12004.2"), "互感器", NOW)
    given(METER, REGISTERED).when(change).then(
        MeterRatioChanged("M-1", "MILL", AT, Decimal(800), Decimal(600), Decimal("12004.2"), "互感器")
    )
    given(METER, REGISTERED).when(replace(change, register_value=None)).rejects("at a register value")
    given(METER, REGISTERED).when(replace(change, ratio=Decimal(600))).changes_nothing()


def test_a_rollover_is_confirmed_where_the_register_fell() -> None:
    fell = replace(PARKED, why="backwards", energy=Decimal(-599_999_999_500))
    given(METER, REGISTERED).when(ConfirmRollover(AT, 0, "照片", fell)).then(
        MeterRolloverConfirmed("M-1", "MILL", 0, fell.start, AT, "照片")
    )
    for parked in (None, PARKED):
        given(METER, REGISTERED).when(ConfirmRollover(AT, 0, "x", parked)).rejects(
            "in which the register fell", code="nothing-fell"
        )


def test_without_known_digits_there_is_no_rollover() -> None:
    undigited = replace(REGISTERED, digits=None)
    fell = replace(PARKED, why="backwards")
    given(METER, undigited).when(ConfirmRollover(AT, 0, "x", fell)).rejects("no known number of digits")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_person_settles_a_jump(verdict: Verdict) -> None:
    given(METER, REGISTERED).when(resolve(verdict, PARKED, "试车")).then(
        SuspectResolved("M-1", "MILL", 0, PARKED.start, AT, "jump", Decimal(8000), verdict, "试车")
    )


def test_there_is_no_energy_to_confirm_where_the_register_fell() -> None:
    fell = replace(PARKED, why="backwards")
    given(METER, REGISTERED).when(resolve(Verdict.CONFIRM, fell)).rejects("no energy to confirm")
    assert given(METER, REGISTERED).when(resolve(Verdict.VOID, fell)).refusal is None


def test_what_is_not_parked_is_not_settled() -> None:
    given(METER, REGISTERED).when(resolve(Verdict.VOID, None)).rejects("No parked interval")


RETIRED = MeterRetired("M-1", "MILL", AT, "拆除")


def test_a_meter_retires_after_its_last_reading() -> None:
    given(METER, REGISTERED).when(RetireMeter(AT, "拆除", AT)).then(RETIRED)
    given(METER, REGISTERED).when(RetireMeter(AT, "拆除", AT + timedelta(minutes=15))).rejects(
        "There are readings"
    )


def test_what_was_retired_stays_so() -> None:
    given(METER, REGISTERED, RETIRED).when(RetireMeter(AT, "拆除")).changes_nothing()
    for command in (RetireMeter(NOW, "x"), REPLACE, replace(REGISTER, valid_from=NOW)):
        given(METER, REGISTERED, RETIRED).when(command).rejects("was retired")
    settled = resolve(Verdict.VOID, PARKED)
    assert given(METER, REGISTERED, RETIRED).when(settled).refusal is None


@pytest.mark.parametrize("command", [REPLACE, RetireMeter(AT, "x"), resolve(Verdict.VOID, PARKED)])
def test_nothing_is_done_to_a_meter_that_nobody_registered(command: Command) -> None:
    given(METER).when(command).rejects("There is no meter", code="not-found")
