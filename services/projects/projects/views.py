"""Projects as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Boolean, Column, Computed, Date, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.common.investor import FocusSector, InvestorCategory, InvestorKind
from services.projects.common.models import Answer, Money, Name
from services.projects.common.tables import metadata
from services.projects.projects.decisions.decide import ProjectCommand
from services.projects.projects.energy_savings import views as energy_savings
from services.projects.projects.energy_savings.views import EnergySavingView
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.given import OnProject
from services.projects.projects.registers import views as registers
from services.projects.projects.registers.views import RegisterStay
from services.projects.projects.stages import views as stages
from services.projects.projects.stages.facts import Stage, status
from services.projects.projects.stages.views import StepView
from shared.feature import Done
from shared.kept import Kept, only
from shared.table_of import table_of


class InvestorView(Answer):
    """Who invests."""

    kind: InvestorKind
    name: str
    categories: list[InvestorCategory]
    origin: str | None
    eastern: bool = Field(
        description="from one of the eastern provinces, by the rule when it was recorded (PM-7)"
    )
    department: str | None = Field(
        description="whose project it is, by the rule in force today (PM-17); null: no rule says"
    )


class ProjectSummary(Answer):
    """A project as a list shows it."""

    project: str
    name: str
    region: str
    region_name: Name = None
    enterprise: str | None
    enterprise_name: str | None
    industry: str
    total_investment: Money
    equipment_investment: Money
    programmes: list[str]
    tags: list[str]
    investor: InvestorView | None
    focus_sector: FocusSector | None
    bank_loan: Money | None
    version: int = Field(description="counts what was known of it; a change names the one it was made on")
    steps_version: int = Field(
        description="counts its steps reported and corrected; the next step, or a correction, names the one it was "
        "made on"
    )
    stage: Stage = Field(description="where it stands")
    stage_on: date = Field(description="since when")
    registered_on: date


class ProjectView(ProjectSummary):
    """A project with its history."""

    planned_on: date
    energy_saving: EnergySavingView = Field(description="what it saves in a year (EN-15b)")
    registers: list[RegisterStay]
    steps: list[StepView]


TABLE = table_of(
    "project",
    metadata,
    ProjectSummary,
    key=("project",),
    without=("region_name", "investor", "steps_version"),
    more=(
        Column("investor_kind", Text),
        Column("investor_name", Text),
        Column("investor_categories", ARRAY(Text)),
        Column("investor_origin", Text),
        Column("investor_eastern", Boolean),
        Column("acceptance_due_on", Date),
        Column("reminders", Integer),
        Column("reminded_on", Date),
        Column("saving_expected", Numeric),
        Column("saving_verified", Numeric),
        Column("search", Text, Computed("lower(name || ' ' || coalesce(enterprise_name, ''))")),
    ),
)


def row(state: Project) -> Mapping[str, Any]:
    """A project as it stands in the list."""
    known, saving = state.registered, state.energy_saving
    investor, reminded = known.investor, state.reminders[-1] if state.reminders else None
    return {
        "project": known.project,
        "name": known.name,
        "region": known.region,
        "enterprise": known.enterprise,
        "enterprise_name": known.enterprise_name,
        "industry": known.industry,
        "total_investment": known.total_investment,
        "equipment_investment": known.equipment_investment,
        "programmes": list(known.programmes),
        "tags": list(known.tags),
        "focus_sector": known.focus_sector,
        "bank_loan": known.bank_loan,
        "version": state.version,
        "stage": status(state.stage).value,
        "stage_on": state.steps[-1].on,
        "registered_on": known.registered_on,
        "investor_kind": investor and investor.kind.value,
        "investor_name": investor and investor.name,
        "investor_categories": investor and [each.value for each in investor.categories],
        "investor_origin": investor and investor.origin,
        "investor_eastern": investor and investor.eastern,
        "acceptance_due_on": reminded and reminded.due_on,
        "reminders": reminded.number if reminded else 0,
        "reminded_on": reminded and reminded.on,
        "saving_expected": saving.expected and saving.expected.tce,
        "saving_verified": saving.verified and saving.verified.tce,
    }


KEPT: Kept[ProjectState, Project] = Kept(TABLE, only(Project), row)


def summary(row: Mapping[str, Any], departments: Mapping[str, str], steps_version: int) -> ProjectSummary:
    """A row of the list; `departments` by the kind of investor (PM-17)."""
    investor = None
    if row["investor_kind"] is not None:
        investor = InvestorView(
            kind=row["investor_kind"],
            name=row["investor_name"],
            categories=row["investor_categories"],
            origin=row["investor_origin"],
            eastern=row["investor_eastern"],
            department=departments.get(row["investor_kind"]),
        )
    return ProjectSummary.model_validate({**row, "investor": investor, "steps_version": steps_version})


def view(state: ProjectState, departments: Mapping[str, str]) -> ProjectView:
    """A registered project with its history. Raises TypeError for another state."""
    if not isinstance(state, Project):
        raise TypeError("not a registered project")
    return ProjectView(
        **dict(summary(row(state), departments, state.steps_version)),
        planned_on=state.steps[0].on,
        energy_saving=energy_savings.view(state.energy_saving),
        registers=registers.views(state),
        steps=stages.views(state),
    )


def answer(done: Done[ProjectState, ProjectCommand]) -> ProjectView:
    """The answer to every command on a project: the project as the command leaves it."""
    if not isinstance(done.given, OnProject):
        raise TypeError(f"{type(done.command).__name__} is answered with departments")
    return view(done.state, done.given.departments)
