"""Coefficients as answers. Their rows are the readings' store's: no table of the log's."""

from datetime import date

from services.energy.coefficients.decisions import PublishCoefficient, published
from services.energy.coefficients.facts import Published
from services.energy.common.models import Answer, Figure
from shared.feature import Done
from shared.naming import Name


class CoefficientPublished(Answer):
    """The coefficient as it was taken."""

    carrier: str
    carrier_name: Name = None
    basis: str
    kgce: Figure
    edition: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    enterprise: str | None
    enterprise_name: Name = None


class CoefficientOut(Answer):
    """One coefficient."""

    id: int
    carrier: str
    name: str
    unit: str
    basis: str
    kgce: Figure
    edition: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    enterprise: str | None
    enterprise_name: Name = None
    source: str


def answer(done: Done[Published, PublishCoefficient]) -> CoefficientPublished:
    """The coefficient that was published, now or before."""
    one = published(done.command)
    return CoefficientPublished(
        carrier=one.carrier,
        basis=one.basis,
        kgce=one.kgce,
        edition=one.edition,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        provisional=one.provisional,
        enterprise=one.enterprise,
    )
