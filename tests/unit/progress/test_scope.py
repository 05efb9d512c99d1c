"""Who sees what: a table of role by region, each cell written down."""

import pytest

from services.progress.access import scope_of
from shared.identity import Actor
from shared.problems import Problem
from tests.unit.progress.builders import plan_areas

FUZHOU, GULOU, XIAMEN, SIMING = "350100", "350102", "350200", "350203"
LEVELS = {"350000": "province", FUZHOU: "prefecture", XIAMEN: "prefecture", GULOU: "county", SIMING: "county"}
ACTORS = {
    "province": Actor("p", "province", "350000"),
    "ops": Actor("o", "ops"),
    "system": Actor("system:x", "system"),
    "city": Actor("c", "city", FUZHOU),
    "county": Actor("k", "county", GULOU),
    "enterprise": Actor("e", "enterprise", None, "steel"),
}
#               province, Fuzhou, Xiamen, Gulou (of Fuzhou), Siming (of Xiamen)
FIGURES = {
    "province": (True, True, True, True, True),
    "ops": (True, True, True, True, True),
    "system": (True, True, True, True, True),
    "city": (True, True, True, True, False),
    "county": (True, True, True, True, False),
    "enterprise": (False, True, False, False, False),
}
DETAILS = {
    "province": (True, True, True, True, True),
    "ops": (True, True, True, True, True),
    "system": (True, True, True, True, True),
    "city": (False, True, False, True, False),
    "county": (False, False, False, True, False),
    "enterprise": (False, False, False, False, False),
}


@pytest.mark.parametrize("role", sorted(ACTORS))
def test_figures_and_the_events_behind_them(role):
    scope = scope_of(ACTORS[role], plan_areas(), GULOU)
    assert tuple(scope.sees_figure(code, level) for code, level in LEVELS.items()) == FIGURES[role]
    assert tuple(scope.sees_detail(code) for code in LEVELS) == DETAILS[role]


def test_an_enterprise_sees_the_events_about_itself_only():
    scope = scope_of(ACTORS["enterprise"], plan_areas(), GULOU)
    assert scope.sees_detail(GULOU, "steel")
    assert not scope.sees_detail(GULOU, "paper")


def test_an_enterprise_of_pingtan_belongs_to_fuzhou():
    """X-19: statistics of Pingtan are kept within Fuzhou."""
    assert scope_of(ACTORS["enterprise"], plan_areas(), "PT").city == FUZHOU


def test_an_enterprise_that_nobody_registered_sees_nothing():
    scope = scope_of(ACTORS["enterprise"], plan_areas(), None)
    assert not any(scope.sees_figure(code, level) for code, level in LEVELS.items())


@pytest.mark.parametrize(
    "actor",
    [Actor("x", "city"), Actor("x", "county"), Actor("x", "enterprise"), Actor("x", "visitor", FUZHOU)],
)
def test_a_token_that_does_not_say_where_is_refused(actor):
    with pytest.raises(Problem) as refused:
        scope_of(actor, plan_areas())
    assert refused.value.status == 403
