"""The operations of this service, as the gateway calls them over NATS: `ops`, and `serve` to let them act."""

from services.energy.api import (
    credentials,
    energy_lists,
    enterprises,
    meters,
    monitoring,
    plan,
    quarantine,
    receipts,
    review,
    sums,
)
from services.energy.api.base import ops, serve

__all__ = [
    "credentials",
    "energy_lists",
    "enterprises",
    "meters",
    "monitoring",
    "ops",
    "plan",
    "quarantine",
    "receipts",
    "review",
    "serve",
    "sums",
]
