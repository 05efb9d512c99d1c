"""The contracts of a year, from the projects' current state."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT


def open_members(kind: str, year: int) -> Select[Any]:
    """The projects with a contract of that year and kind of investor, as they are known now."""
    project, contract = PROJECT.c, MILESTONE.c
    return (
        select(project.project, project.region, contract.on_day.label("contracted_on"), contract.amount)
        .join(MILESTONE, contract.project == project.project)
        .where(
            contract.stage == Stage.CONTRACT_SIGNED.value,
            contract.on_day.between(date(year, 1, 1), date(year, 12, 31)),
            project.investor_kind == kind,
        )
    )
