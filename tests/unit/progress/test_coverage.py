"""EN-14: who of the year's list was online on the latest closed day."""

from datetime import date
from decimal import Decimal

from services.progress.measures.figure import Light, Status
from tests.unit.progress.builders import World

DAY = "2013-05-06"
NEXT = "2013-05-07"


def listed() -> World:
    world = World()
    world.key_user("a", "350102", "10000").key_user("b", "350200", "250000")
    world.key_user("c", "350103", "9999.999").key_user("d", "PT", "12000")
    world.closed_day = date.fromisoformat(DAY)
    return world


def test_from_10000_on_includes_the_number_and_pingtan_counts_within_fuzhou():
    figures = listed().at(NEXT)
    assert figures["EN-14"].counts["designated"] == 3
    assert figures["EN-14@350100"].counts["designated"] == 2
    assert figures["EN-14"].basis == "equivalent"


def test_coverage_of_the_closed_day():
    world = listed().judged("a", DAY, True).judged("b", DAY, True).judged("d", DAY, False)
    figures = world.at(NEXT)
    assert figures["EN-14"].value == Decimal(2) / 3 * 100
    assert figures["EN-14"].met is None, "the year goes on"
    assert figures["EN-14"].light is Light.RED
    assert figures["EN-14@350100"].value == 50
    assert figures["EN-14@350200"].value == 100
    assert figures["EN-14@350200"].light is Light.GREEN


def test_a_day_that_is_not_judged_for_all_yet_is_a_lower_bound():
    figure = listed().judged("a", DAY, True).judged("b", DAY, True).at(NEXT)["EN-14"]
    assert figure.lower_bound
    assert figure.met is None
    assert figure.light is Light.GREY
    assert figure.completeness is not None
    assert (figure.completeness.expected, figure.completeness.received) == (3, 2)


def test_who_is_heard_now_is_shown_beside_and_does_not_move_the_closed_day():
    world = listed().judged("a", DAY, True).judged("b", DAY, True).judged("d", DAY, False)
    world.feed("a", heard=False).judged("d", NEXT, True)
    figure = world.at(NEXT)["EN-14"]
    assert figure.counts["online_closed_day"] == 2
    assert figure.counts["online_now"] == 2  # b from yesterday on, d since today; a fell silent
    assert world.feed("a", heard=True).at(NEXT)["EN-14"].counts["online_now"] == 3


def test_an_enterprise_that_is_not_on_the_list_does_not_count():
    figure = listed().judged("c", DAY, True).judged("stranger", DAY, True).at(NEXT)["EN-14"]
    assert figure.counts["online_closed_day"] == 0


def test_without_a_list_for_the_year_nothing_is_known():
    world = World().key_user("a", "350102", "20000", year="2012")
    world.closed_day = date.fromisoformat(DAY)
    figure = world.judged("a", DAY, True).at(NEXT)["EN-14"]
    assert figure.status is Status.NO_DATA
    assert figure.counts == {"designated": None, "online_closed_day": None, "online_now": None}


def test_a_city_without_key_users_has_no_ratio():
    figure = listed().at(NEXT)["EN-14@350900"]
    assert figure.value is None
    assert figure.counts["designated"] == 0


def test_after_its_deadline_the_figure_is_that_of_the_deadline():
    """31 December 100 %, 10 January 0 %, 24 January 100 %: what is judged of January is January's."""
    world = listed()
    for enterprise in ("a", "b", "d"):
        world.judged(enterprise, "2013-12-31", True).judged(enterprise, "2014-01-10", False)
    world.closed_day = date.fromisoformat("2014-01-10")
    figure = world.at("2014-01-11")["EN-14"]
    assert (figure.value, figure.met, figure.day) == (100, True, "2013-12-31")
    world.judged("a", "2013-12-31", False)  # a correction of that day
    assert world.at("2014-01-25")["EN-14"].counts["online_closed_day"] == 2


def test_a_rate_has_met_nothing_before_its_day():
    world = listed().judged("a", DAY, True).judged("b", DAY, True).judged("d", DAY, True)
    figure = world.at(NEXT)["EN-14"]
    assert (figure.value, figure.met) == (100, None)
