"""Stays of a project in registers as answers, and as rows of the registers' lists."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Column, Date, Table, Text

from services.projects.common.models import Answer
from services.projects.common.tables import metadata
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.registers.facts import Membership
from shared.kept import Kept


class RegisterStay(Answer):
    """A stay in a register, both days included."""

    register_: str = Field(alias="register")
    valid_from: date
    valid_to: date | None
    updates: int = Field(
        default=0,
        description="how often it was looked at, in the reserve library: the version of a reserve update",
    )


STAY = Table(
    "project_register",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
)


def _parts(state: ProjectState) -> Mapping[tuple[str, date], tuple[str, Membership]]:
    if not isinstance(state, Project):
        return {}
    project = state.registered.project
    return {(stay.register, stay.valid_from): (project, stay) for stay in state.memberships}


def _row(part: tuple[str, Membership]) -> Mapping[str, Any]:
    project, stay = part
    return {
        "project": project,
        "register": stay.register,
        "valid_from": stay.valid_from,
        "valid_to": stay.valid_to,
    }


KEPT: Kept[ProjectState, tuple[str, Membership]] = Kept(STAY, _parts, _row)


def views(state: Project) -> list[RegisterStay]:
    """Every stay, with how often it was looked at."""
    return [
        RegisterStay(
            register_=stay.register,
            valid_from=stay.valid_from,
            valid_to=stay.valid_to,
            updates=sum(look.register == stay.register for look in state.reserve.updates),
        )
        for stay in state.memberships
    ]
