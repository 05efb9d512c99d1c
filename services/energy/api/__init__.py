"""The operations of this service, as the gateway calls them over NATS: `ops`, and `serve` to let them act."""

from services.energy.api import (
    credentials,
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
