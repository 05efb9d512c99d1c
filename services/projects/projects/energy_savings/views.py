"""What is stated of a project's energy saving, as an answer."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from services.projects.common.models import Answer
from services.projects.projects.energy_savings.facts import EnergySaving


class SavingView(Answer):
    """One statement of a saving."""

    tce: Decimal = Field(description="tonnes of standard coal a year")
    basis: str
    evidence: str
    on: date
    by: str = Field(description="who stated it; of a verified one the body that measured")


class EnergySavingView(Answer):
    """What is stated of a project's saving now."""

    expected: SavingView | None = Field(description="null: nothing was stated")
    verified: SavingView | None = Field(description="null: nothing was verified")


def view(known: EnergySaving) -> EnergySavingView:
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
