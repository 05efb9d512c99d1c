"""Who may do what, by hand: one line per route, one column per caller; and a valid request for each route.

Every request is about things of Fuqing (350181) or its city Fuzhou (350100). `city`, `county` and `enterprise` are
those it belongs to; a stroke marks one from elsewhere: Xiamen, its district Tong'an, an enterprise there. 404 hides
from a caller that a thing exists; 403 says that a role or a named region isn't theirs. One module per slice of the
API, each with its lines (`TABLE`) and its requests (`SAMPLES`).
"""

from tests.component.gateway.authorisation import (
    appraisals,
    designations,
    diagnoses,
    documents,
    duties,
    energy,
    imports,
    matching,
    measures,
    money,
    plan,
    pre_reviews,
    problems,
    progress,
    projects,
    reserve,
    signings,
    system,
)
from tests.component.gateway.authorisation.base import CALLERS, Sample, client, rows

__all__ = ["CALLERS", "ROWS", "SAMPLES", "client"]

_SLICES = (
    progress,
    system,
    plan,
    appraisals,
    designations,
    projects,
    signings,
    pre_reviews,
    reserve,
    diagnoses,
    duties,
    problems,
    money,
    matching,
    imports,
    documents,
    measures,
    energy,
)
ROWS = rows("\n".join(each.TABLE.strip() for each in _SLICES))
SAMPLES: dict[str, Sample] = {route: sample for each in _SLICES for route, sample in each.SAMPLES.items()}
