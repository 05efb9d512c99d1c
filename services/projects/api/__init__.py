"""Operations that no feature declares yet, one module per slice: what is imported here is served by `service`."""

from services.projects.api import (
    energy_savings,
    imports,
    pre_reviews,
    projects,
    reserve,
    signings,
    views,
)
from services.projects.api.base import Serving, ops

__all__ = [
    "Serving",
    "energy_savings",
    "imports",
    "ops",
    "pre_reviews",
    "projects",
    "reserve",
    "signings",
    "views",
]
