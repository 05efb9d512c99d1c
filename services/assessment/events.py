"""The events of this service's log, the names of its streams, and how each stream is folded."""

from typing import get_args

from services.assessment.designations import facts as designation
from services.assessment.domain import (
    access,
    appraisal,
    appraisal_decisions,
    plan,
    plan_decisions,
)
from services.assessment.domain.plan import AppraisalSchemesDefined, PlanPublished, RegionsDefined
from services.assessment.domain.target import TargetDecomposed, TargetRevised, TargetSet
from services.assessment.statistics import facts as statistic
from shared.catalogue import Catalogue
from shared.decider import Decider

SOURCE = "assessment"

CATALOGUE = Catalogue(
    SOURCE,
    [
        PlanPublished,
        RegionsDefined,
        AppraisalSchemesDefined,
        TargetSet,
        TargetRevised,
        TargetDecomposed,
        *get_args(statistic.StatisticEvent),
        *get_args(designation.DesignationEvent),
        *get_args(appraisal.AppraisalEvent),
        access.AccessRevoked,
    ],
)

PLAN = Decider(plan.INITIAL, plan_decisions.decide, plan.evolve)
APPRAISAL = Decider(appraisal.INITIAL, appraisal_decisions.decide, appraisal.evolve)
ACCESS = Decider(access.INITIAL, access.decide, access.evolve)


def plan_stream(plan_id: str) -> str:
    """The stream of one plan with its regions and targets."""
    return f"plan:{plan_id}"


def appraisal_stream(plan_id: str, year: int) -> str:
    """The stream of a year's appraisal of the cities."""
    return f"appraisal:{plan_id}:{year}"


def access_stream(person: str) -> str:
    """The stream of one person's access, by reference."""
    return f"access:{person}"
