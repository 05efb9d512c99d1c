"""Reported statistics: one figure per indicator, region and period, with all its vintages (X-16, X-24)."""

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.assessment.common.region import Region
from services.assessment.statistics.decisions import STATISTIC, Known, ReportStatistic, ReviseStatistic
from services.assessment.statistics.facts import Indicator, Reported, StatisticReported, StatisticRevised
from services.assessment.statistics.indicators import find, indicators
from tests.kit.spec import given

GDP = Indicator(
    indicator="gdp",
    name="GDP",
    term="地区生产总值",
    unit="CNY",
    price_base="2010",
    basis=None,
    valid_from=date(2010, 1, 1),
    valid_to=date(2015, 12, 31),
    source="test",
    confidence="I",
)
FIGURE = ReportStatistic(
    indicator="gdp",
    region="350100",
    period="2012",
    value=Decimal("391000000000"),
    unit="CNY",
    source="bulletin",
    reported_on=date(2013, 3, 1),
)
KNOWN = Known(
    today=date(2013, 3, 5),
    by="office",
    indicator=GDP,
    region=Region("350100", "福州市", "prefecture", "350000"),
)


def revision(figure: ReportStatistic, reason: str) -> ReviseStatistic:
    """The same figure, said as a revision."""
    return ReviseStatistic(**asdict(figure), reason=reason)


def reported(**changes: Any) -> StatisticReported:
    event = StatisticReported(
        indicator="gdp",
        region="350100",
        period="2012",
        value=Decimal("391000000000"),
        unit="CNY",
        price_base="2010",
        basis=None,
        source="bulletin",
        reported_on=date(2013, 3, 1),
        provisional=False,
    )
    return replace(event, **changes)


def revised(value: str, reason: str, **changes: Any) -> StatisticRevised:
    facts = asdict(reported())
    facts |= {"value": Decimal(value), "previous_value": reported().value, "reason": reason, **changes}
    return StatisticRevised(**facts)


def test_a_figure_is_reported_with_the_indicators_price_base() -> None:
    given(STATISTIC).when(FIGURE, KNOWN).then(reported())


def test_the_same_figure_again_changes_nothing_whoever_says_it() -> None:
    again = replace(FIGURE, source="yearbook", value=Decimal("391000000000.00"))
    given(STATISTIC, reported()).when(again, KNOWN).changes_nothing()
    given(STATISTIC, reported()).when(revision(again, "x"), KNOWN).changes_nothing()


def test_another_figure_is_a_revision_and_nothing_else() -> None:
    other = replace(FIGURE, value=Decimal("392000000000"), reported_on=date(2013, 3, 5))
    refusal = given(STATISTIC, reported()).when(other, KNOWN).rejects("reported already")
    assert "revision" in str(getattr(refusal, "remedy", ""))
    event = revised("392000000000", "census", reported_on=date(2013, 3, 5))
    state = given(STATISTIC, reported()).when(revision(other, "census"), KNOWN).then(event)
    assert state == Reported(event, (reported(),))


def test_nothing_reported_is_nothing_to_revise() -> None:
    given(STATISTIC).when(revision(FIGURE, "x"), KNOWN).rejects("nothing to revise", code="not-reported")


def test_a_revision_is_not_older_than_what_it_revises() -> None:
    older = replace(FIGURE, value=Decimal(1), reported_on=date(2013, 2, 1))
    given(STATISTIC, reported()).when(revision(older, "x"), KNOWN).rejects("after", code="older-than-current")


def test_before_the_period_is_over_a_figure_can_only_be_provisional() -> None:
    early = replace(FIGURE, period="2013-Q1")
    given(STATISTIC).when(early, KNOWN).rejects("not over", code="period-not-over")
    estimate = replace(early, provisional=True)
    given(STATISTIC).when(estimate, KNOWN).then(reported(period="2013-Q1", provisional=True))


def test_the_last_day_of_the_period_still_belongs_to_it() -> None:
    last = replace(FIGURE, reported_on=date(2012, 12, 31))
    given(STATISTIC).when(last, replace(KNOWN, today=date(2012, 12, 31))).rejects(
        "not over", code="period-not-over"
    )
    after = replace(FIGURE, reported_on=date(2013, 1, 1))
    given(STATISTIC).when(after, replace(KNOWN, today=date(2013, 1, 1))).then(
        reported(reported_on=date(2013, 1, 1))
    )


def test_an_estimate_is_confirmed_by_a_revision_to_the_same_value() -> None:
    history = reported(provisional=True)
    event = revised("391000000000", "final figure")
    given(STATISTIC, history).when(revision(FIGURE, "final figure"), KNOWN).then(event)


@pytest.mark.parametrize(
    ("said", "known", "code", "where"),
    [
        ({"unit": "CNY_1e8"}, {}, "wrong-unit", "unit"),
        ({"price_base": "current"}, {}, "wrong-price-base", "price_base"),
        ({"reported_on": date(2013, 3, 6)}, {}, "reported-in-the-future", "reported_on"),
        ({"period": "2016"}, {}, "indicator-not-in-force", "period"),
        ({"period": "2009-12"}, {}, "indicator-not-in-force", "period"),
        ({}, {"region": None}, "unknown-region", "region"),
        (
            {},
            {"region": Region("350112", "长乐区", "county", "350100", valid_from=date(2017, 11, 6))},
            "region-not-in-force",
            "region",
        ),
    ],
)
def test_a_figure_that_can_not_be_so_is_refused_with_what_to_do(
    said: dict[str, Any], known: dict[str, Any], code: str, where: str
) -> None:
    refusal = given(STATISTIC).when(replace(FIGURE, **said), replace(KNOWN, **known)).refusal
    assert refusal is not None
    assert (getattr(refusal, "code", None), getattr(refusal, "where", None)) == (code, where)
    assert getattr(refusal, "remedy", "")


def test_the_reference_list_has_what_the_plans_measures_need() -> None:
    by_id = {each.indicator: each for each in indicators()}
    assert (by_id["total_energy"].unit, by_id["total_energy"].basis) == ("tce", "equivalent")
    assert (by_id["gdp"].unit, by_id["gdp"].price_base) == ("CNY", "2010")
    assert {"value_added", "industrial_investment", "tech_renovation_investment"} <= by_id.keys()


def test_the_definition_is_that_of_the_period() -> None:
    found = find("gdp", "2013")
    assert found is not None
    assert found.holds_in("2013")
    outside = find("gdp", "2016")
    assert outside is not None, "the newest definition says for when it holds"
    assert not outside.holds_in("2016")
    assert find("happiness", "2013") is None
