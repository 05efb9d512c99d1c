"""The operations of this service, as the gateway calls them over NATS: `ops` is their registry, and `serve` binds them
to the running service."""

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
