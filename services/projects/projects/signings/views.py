"""Projects on the signing list of a ceremony as answers, and as rows of the list."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Boolean, Column, Date, Table, Text

from services.projects.common.models import Answer, Money, Name
from services.projects.common.tables import MONEY, metadata
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.signings.facts import Recommendation
from services.projects.projects.stages.facts import Stage
from shared.kept import Kept

Standing = Literal["recommended", "approved", "declined", "signed"]


class SigningView(Answer):
    """A project on the list of a ceremony."""

    ceremony: str
    project: str
    name: str
    region: str
    region_name: Name = None
    contract: Stage
    amount: Money = Field(description="as recommended, CNY (yuan)")
    recommended_on: date
    standing: Standing
    audited_on: date | None
    reason: str | None = Field(description="of the audit")
    signed_on: date | None
    signed_amount: Money | None = Field(
        default=None, description="of the contract signed there, corrections included; null: not signed"
    )


TABLE = Table(
    "signing",
    metadata,
    Column("ceremony", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("region", Text),
    Column("contract", Text),
    Column("amount", MONEY),
    Column("recommended_on", Date),
    Column("approved", Boolean),
    Column("audited_on", Date),
    Column("reason", Text),
    Column("signed_on", Date),
)


def _parts(state: ProjectState) -> Mapping[str, tuple[Project, Recommendation]]:
    return {each.ceremony: (state, each) for each in state.signings} if isinstance(state, Project) else {}


def _row(part: tuple[Project, Recommendation]) -> Mapping[str, Any]:
    state, known = part
    signed = [step.on for step in state.steps if step.ceremony == known.ceremony]
    return {
        "ceremony": known.ceremony,
        "project": state.registered.project,
        "region": state.registered.region,
        "contract": known.contract.value,
        "amount": known.amount,
        "recommended_on": known.on,
        "approved": known.approved,
        "audited_on": known.audited_on,
        "reason": known.reason,
        "signed_on": signed[-1] if signed else None,
    }


KEPT: Kept[ProjectState, tuple[Project, Recommendation]] = Kept(TABLE, _parts, _row)


def view(row: Mapping[str, Any]) -> SigningView:
    """A row of the list, joined with the project's name and its contract."""
    audited = {None: "recommended", True: "approved", False: "declined"}[row["approved"]]
    standing = "signed" if row["signed_on"] else audited
    return SigningView.model_validate({**row, "standing": standing})
