"""The operations of this service, as the gateway calls them over NATS: `ops`, and `serve` to let them act.

One module per slice. What is imported here is served: the modules put their operations into `ops`.
"""

from services.projects.api import (
    awards,
    ceremonies,
    diagnoses,
    documents,
    duties,
    energy_savings,
    imports,
    matching,
    measures,
    meetings,
    money,
    plan,
    pre_reviews,
    problems,
    projects,
    reporting_months,
    reports,
    reserve,
    signings,
    views,
)
from services.projects.api.base import ops, serve

__all__ = [
    "awards",
    "ceremonies",
    "diagnoses",
    "documents",
    "duties",
    "energy_savings",
    "imports",
    "matching",
    "measures",
    "meetings",
    "money",
    "ops",
    "plan",
    "pre_reviews",
    "problems",
    "projects",
    "reporting_months",
    "reports",
    "reserve",
    "serve",
    "signings",
    "views",
]
