"""Decisions on a project's content (项目): its registration, with earlier steps, and changes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.projects.common import asking as checks
from services.projects.common.plausibility import doubt_project
from services.projects.common.refusal import Refused
from services.projects.projects.decisions.commands import (
    ChangeProject,
    Changing,
    Registering,
    RegisterProject,
)
from services.projects.projects.facts import (
    Project,
    ProjectChanged,
    ProjectEvent,
    ProjectRegistered,
    Unregistered,
    evolve,
)
from services.projects.projects.registers.decisions import checked
from services.projects.projects.registers.facts import Membership
from services.projects.projects.stages.decisions.commands import ReachStage
from services.projects.projects.stages.decisions.reporting import step

_CORRECT_IT = "If something registered was wrong, correct that; a new project needs a new id."
_CONTENT = (
    "name",
    "industry",
    "total_investment",
    "equipment_investment",
    "bank_loan",
    "enterprise",
    "enterprise_name",
    "focus_sector",
)
"""What a change may name and needs nothing else of the world."""


def registered(command: RegisterProject, given: Registering) -> Sequence[ProjectEvent]:
    """The events of a registration and of its earlier steps, each judged as if it were reported now."""
    known = _registered(command, given)
    checks.ask_back(
        doubt_project(command.total_investment, given.care), command.confirmed, "total_investment"
    )
    events: list[ProjectEvent] = [known]
    state = evolve(Unregistered(), known)
    for past in command.history:
        reported = ReachStage(
            project=known.project,
            stage=past.stage,
            on=past.on,
            evidence=past.evidence,
            reported_by=command.reported_by,
            note=past.note,
            amount=past.amount,
            confirmed=command.confirmed,
        )
        if isinstance(state, Project):
            reached = step(reported, state, given, given.care)
            events.append(reached)
            state = evolve(state, reached)
    return events


def _registered(command: RegisterProject, given: Registering) -> ProjectRegistered:
    planned_on = command.planned_on or given.today
    checks.not_in_future(planned_on, given.today, where="planned_on")
    registers = [Membership(each.register, each.valid_from, each.valid_to) for each in command.registers]
    return _sound(
        ProjectRegistered(
            project=command.project or "",
            name=command.name,
            region=command.region,
            industry=command.industry,
            total_investment=command.total_investment,
            equipment_investment=command.equipment_investment,
            programmes=tuple(sorted(set(given.programmes))),
            registers=checked(registers, given.today),
            planned_on=planned_on,
            registered_on=given.today,
            reported_by=command.reported_by or given.by,
            enterprise=command.enterprise,
            enterprise_name=command.enterprise_name,
            evidence=command.evidence,
            tags=tuple(sorted(set(given.tags))),
            investor=given.investor,
            focus_sector=command.focus_sector,
            bank_loan=command.bank_loan,
        )
    )


def _sound(known: ProjectRegistered) -> ProjectRegistered:
    """Returns the content unchanged if its amounts are consistent. Raises Refused."""
    total = known.total_investment
    if total <= 0:
        raise Refused("The total investment is not above zero.", code="amount", where="total_investment")
    for name, part in (
        ("equipment_investment", known.equipment_investment),
        ("bank_loan", known.bank_loan),
    ):
        if part is not None and not 0 <= part <= total:
            raise Refused(
                f"The {name.replace('_', ' ')} ({part} yuan) is more than the total investment ({total} yuan) "
                "of which it is a part.",
                code="equipment-over-total" if name == "equipment_investment" else "part-over-total",
                where=name,
                remedy="Both amounts are in yuan; check for 万元 or 亿元.",
            )
    return known


def changed(command: ChangeProject, state: Project, given: Changing) -> Sequence[ProjectEvent]:
    """The event with the whole new content; none if nothing changes. Raises Refused."""
    known = state.registered
    changes = _changes(command, given)
    if both := sorted(set(command.remove) & changes.keys()):
        raise Refused(
            f"{', '.join(both)}: to be removed, and named with a new value.",
            code="removed-and-named",
            where="remove",
            remedy="Change it, or remove it.",
        )
    changes.update(dict.fromkeys(command.remove))
    if command.since is not None:
        checks.not_in_future(command.since, given.today, "since")
    new = sorted(name for name, value in changes.items() if getattr(known, name) != value)
    if not new:
        return []
    after = _sound(replace(known, **changes))
    if "total_investment" in new:
        checks.ask_back(
            doubt_project(after.total_investment, given.care), command.confirmed, "total_investment"
        )
    return [
        ProjectChanged(
            project=command.project,
            region=known.region,
            version=state.version + 1,
            changed=tuple(new),
            reason=command.reason,
            reported_by=command.reported_by or given.by,
            changed_on=given.today,
            name=after.name,
            industry=after.industry,
            total_investment=after.total_investment,
            equipment_investment=after.equipment_investment,
            programmes=after.programmes,
            tags=after.tags,
            enterprise=after.enterprise,
            enterprise_name=after.enterprise_name,
            investor=after.investor,
            focus_sector=after.focus_sector,
            bank_loan=after.bank_loan,
            since=command.since,
        )
    ]


def _changes(command: ChangeProject, given: Changing) -> dict[str, Any]:
    """The new values by their names in ProjectRegistered: of what the command names."""
    named = {name: getattr(command, name) for name in _CONTENT}
    named |= {"programmes": given.programmes, "tags": given.tags, "investor": given.investor}
    return {
        name: tuple(sorted(set(value))) if name in ("programmes", "tags") else value
        for name, value in named.items()
        if value is not None
    }


def registered_again(command: RegisterProject, state: Project, given: Registering) -> Sequence[ProjectEvent]:
    """Registering the same content again changes nothing, whoever does so and when. Raises Refused otherwise."""
    known = state.registered
    again = replace(
        _registered(command, given), registered_on=known.registered_on, reported_by=known.reported_by
    )
    if again == known:
        return []
    raise Refused(
        f"A project {command.project!r} is registered already, with other content.",
        code="exists",
        status=409,
        where="project",
        remedy=_CORRECT_IT,
    )
