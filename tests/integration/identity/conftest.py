"""An issuer, and gateways' settings that trust it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from pydantic import SecretStr

from services.gateway.settings import GatewaySettings
from tests.integration.identity.issuer import Issuer


@pytest_asyncio.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with Issuer.running() as running:
        yield running


def trusting(issuer: Issuer, **changes: Any) -> GatewaySettings:
    """Settings of a gateway that takes that issuer's tokens."""
    values: dict[str, Any] = {
        "environment": "test",
        "oidc_issuer": issuer.url,
        "position_key": SecretStr("k" * 32),
        "pseudonym_key": SecretStr("p" * 32),
    }
    return GatewaySettings(**{**values, **changes})
