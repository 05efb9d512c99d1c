"""A person, and a person's access, as answers."""

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from services.assessment.common.models import Moment
from services.assessment.people.decisions import RevokeAccess
from services.assessment.people.facts import Access
from shared.feature import Done


class AccessView(BaseModel):
    """Since when a person's earlier tokens hold no longer."""

    reference: str = Field(description="as it stands in events")
    issued_until: Moment = Field(description="tokens issued up to then don't hold; system time")
    reason: str = Field(description="why")


class PersonView(BaseModel):
    """Who stands behind a reference; of an erased person only that it was erased, when and by whom."""

    reference: str = Field(description="as it stands in events")
    subject: str | None = Field(description="the token issuer's name for the person")
    name: str | None = Field(description="the person's name")
    contact: str | None = Field(description="how to reach the person")
    noted_at: datetime = Field(description="when it was noted first")
    erased_at: datetime | None = Field(description="when it was erased")
    erased_by: str | None = Field(description="the reference of who erased it")


def answer(done: Done[Access, RevokeAccess]) -> AccessView:
    """The answer to a revocation."""
    if done.state.revoked_until is None:
        raise TypeError("nothing is revoked")
    return AccessView(
        reference=done.command.reference,
        issued_until=datetime.fromtimestamp(done.state.revoked_until, UTC),
        reason=done.command.reason,
    )
