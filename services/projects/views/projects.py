"""Projects as answers."""

from collections.abc import Mapping
from typing import Any

from services.projects.domain.energy_saving import EnergySaving
from services.projects.domain.investor import Investor
from services.projects.domain.project import Project, ProjectState
from services.projects.domain.stages import status
from services.projects.models.energy_savings import EnergySavingView, SavingView
from services.projects.models.projects import (
    InvestorView,
    ProjectSummary,
    ProjectView,
)
from services.projects.models.registers import RegisterStay
from services.projects.models.steps import StepView


def project_view(state: ProjectState, departments: Mapping[str, str]) -> ProjectView:
    """A registered project; `departments` by the kind of investor (PM-17). Raises TypeError for another state."""
    if not isinstance(state, Project):
        raise TypeError("not a registered project")
    known = state.registered
    return ProjectView(
        project=known.project,
        name=known.name,
        region=known.region,
        enterprise=known.enterprise,
        enterprise_name=known.enterprise_name,
        industry=known.industry,
        total_investment=known.total_investment,
        equipment_investment=known.equipment_investment,
        programmes=list(known.programmes),
        tags=list(known.tags),
        investor=_investor(known.investor, departments),
        focus_sector=known.focus_sector,
        bank_loan=known.bank_loan,
        version=state.version,
        steps_version=state.steps_version,
        stage=status(state.stage),
        stage_on=state.steps[-1].on,
        registered_on=known.registered_on,
        planned_on=state.steps[0].on,
        energy_saving=energy_saving_view(state.energy_saving),
        registers=[
            RegisterStay(
                register_=member.register,
                valid_from=member.valid_from,
                valid_to=member.valid_to,
                updates=sum(look.register == member.register for look in state.reserve.updates),
            )
            for member in state.memberships
        ],
        steps=[
            StepView(
                step=number,
                stage=step.stage,
                on=step.on,
                evidence=step.evidence,
                reported_by=step.reported_by,
                note=step.note,
                amount=step.amount,
                ceremony=step.ceremony,
            )
            for number, step in enumerate(state.steps, start=1)
        ],
    )


def energy_saving_view(known: EnergySaving) -> EnergySavingView:
    """What is stated of a project's saving."""
    expected, verified = known.expected, known.verified
    return EnergySavingView(
        expected=expected
        and SavingView(
            tce=expected.tce,
            basis=expected.basis,
            evidence=expected.evidence,
            on=expected.on,
            by=expected.reported_by,
        ),
        verified=verified
        and SavingView(
            tce=verified.tce,
            basis=verified.basis,
            evidence=verified.evidence,
            on=verified.on,
            by=verified.verified_by,
        ),
    )


def project_summary(row: Any, departments: Mapping[str, str], steps_version: int) -> ProjectSummary:
    """A row of the table `project`."""
    columns = dict(row._mapping)
    investor = None
    if columns["investor_kind"] is not None:
        investor = InvestorView(
            kind=columns["investor_kind"],
            name=columns["investor_name"],
            categories=columns["investor_categories"],
            origin=columns["investor_origin"],
            eastern=columns["investor_eastern"],
            department=departments.get(columns["investor_kind"]),
        )
    return ProjectSummary.model_validate({**columns, "investor": investor, "steps_version": steps_version})


def _investor(known: Investor | None, departments: Mapping[str, str]) -> InvestorView | None:
    if known is None:
        return None
    return InvestorView(
        kind=known.kind,
        name=known.name,
        categories=list(known.categories),
        origin=known.origin,
        eastern=known.eastern,
        department=departments.get(known.kind.value),
    )
