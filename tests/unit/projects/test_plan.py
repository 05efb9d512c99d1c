"""A plan's parts, loaded as facts."""

from services.projects.domain import plan
from services.projects.domain.plan import LoadPlan, Programme, ProgrammesLoaded
from shared.decider import Decider
from tests.kit.spec import given

DECIDER = Decider(plan.INITIAL, plan.decide, plan.evolve)
TR, PM = Programme("TR", "技术改造"), Programme("PM", "项目对接")


def test_a_part_that_is_given_is_loaded() -> None:
    given(DECIDER).when(LoadPlan("p", programmes=(TR, PM))).then(ProgrammesLoaded("p", (TR, PM)))


def test_the_same_part_again_changes_nothing() -> None:
    given(DECIDER, ProgrammesLoaded("p", (TR,))).when(LoadPlan("p", programmes=(TR,))).changes_nothing()


def test_one_name_twice_is_refused() -> None:
    given(DECIDER).when(LoadPlan("p", programmes=(TR, PM, TR))).rejects("programmes names TR more than once")
