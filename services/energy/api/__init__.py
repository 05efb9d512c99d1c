"""The operations that no feature declares yet, as the gateway calls them over NATS; `ops` is their registry."""

from services.energy.api import (
    credentials,
    meters,
    monitoring,
    quarantine,
    receipts,
    review,
    sums,
)
from services.energy.api.base import Serving, ops

__all__ = [
    "Serving",
    "credentials",
    "meters",
    "monitoring",
    "ops",
    "quarantine",
    "receipts",
    "review",
    "sums",
]
