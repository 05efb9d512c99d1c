"""A day's figure as it leaves: absolute totals, a revision only where something differs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.energy.common.totals import completeness
from services.energy.days.decisions import DAYS, MeasureDay
from services.energy.days.facts import CarrierDay, CoefficientUsed, EnterpriseDayMeasured
from tests.kit.spec import given

POWER = CarrierDay(
    carrier="electricity",
    native=Decimal(2400),
    unit="kWh",
    tce_equal=Decimal("0.29496"),
    tce_equivalent=Decimal("0.9696"),
    present=96,
    expected=96,
    spread=Decimal(0),
)
COAL = CarrierDay(
    carrier="raw_coal",
    native=Decimal(1000),
    unit="kg",
    tce_equal=Decimal("0.7143"),
    tce_equivalent=Decimal("0.7143"),
    present=48,
    expected=96,
    spread=Decimal(10),
)
USED = CoefficientUsed(
    carrier="electricity",
    basis="equal",
    value=Decimal("0.1229"),
    edition="GB/T 2589-2008",
    provisional=False,
)
MEASURE = MeasureDay(
    enterprise="MILL",
    region="350181",
    day=date(2013, 1, 14),
    carriers=(COAL, POWER),
    coefficients=(USED,),
)
MEASURED = EnterpriseDayMeasured(
    enterprise="MILL",
    region="350181",
    day=date(2013, 1, 14),
    revision=1,
    carriers=(POWER, COAL),
    tce_equal=Decimal("1.00926"),
    tce_equivalent=Decimal("1.6839"),
    coefficients=(USED,),
    completeness=Decimal("0.7500"),
)


def test_a_day_is_measured_by_carrier_and_in_all() -> None:
    given(DAYS).when(MEASURE).then(MEASURED)


def test_the_same_figures_again_change_nothing() -> None:
    given(DAYS, MEASURED).when(replace(MEASURE, carriers=(POWER, COAL))).changes_nothing()


def test_other_figures_make_a_revision_with_totals_of_its_own() -> None:
    more = replace(COAL, native=Decimal(2000), tce_equal=Decimal("1.4286"), tce_equivalent=Decimal("1.4286"))
    given(DAYS, MEASURED).when(replace(MEASURE, carriers=(more, POWER))).then(
        replace(
            MEASURED,
            revision=2,
            carriers=(POWER, more),
            tce_equal=Decimal("1.72356"),
            tce_equivalent=Decimal("2.3982"),
        )
    )


def test_a_carrier_from_which_nothing_came_is_missing_and_not_zero() -> None:
    silent = replace(COAL, native=None, tce_equal=None, tce_equivalent=None, present=0, spread=Decimal(0))
    state = given(DAYS).when(replace(MEASURE, carriers=(silent, POWER))).state
    assert isinstance(state, EnterpriseDayMeasured)
    assert (state.tce_equal, state.completeness) == (Decimal("0.29496"), Decimal("0.5000"))
    assert state.carriers[1].native is None


def test_where_a_measured_carrier_has_no_coefficient_the_total_is_not_known() -> None:
    unknown = replace(COAL, tce_equal=None)
    state = given(DAYS).when(replace(MEASURE, carriers=(unknown, POWER))).state
    assert isinstance(state, EnterpriseDayMeasured)
    assert (state.tce_equal, state.tce_equivalent) == (None, Decimal("1.6839"))


def test_a_day_of_which_nothing_is_left_has_no_figure() -> None:
    """After a void: the revision says that nothing is known, not that nothing was used."""
    state = given(DAYS, MEASURED).when(replace(MEASURE, carriers=(), coefficients=())).state
    assert isinstance(state, EnterpriseDayMeasured)
    assert (state.revision, state.tce_equal, state.completeness) == (2, None, None)


def test_completeness_is_a_share_and_never_more_than_all() -> None:
    assert completeness(95, 96) == Decimal("0.9896")
    assert completeness(97, 96) == Decimal("1.0000")
    assert completeness(0, 96) == Decimal("0.0000")
    assert completeness(0, 0) is None
