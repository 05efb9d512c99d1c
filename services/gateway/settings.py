"""The gateway's own settings, beside those of every process."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.settings import Settings


class GatewaySettings(Settings):
    """Environment only, prefix `SHENGJI_`."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_", extra="ignore")

    jwt_public_key: str = Field(description="PEM of the Ed25519 key that verifies tokens")
    jwt_issuer: str = "shengji-local"
    jwt_audience: str = "shengji"
    position_key: SecretStr = Field(description="signs position tokens; at least 32 characters")
    body_limit: int = Field(default=2_000_000, description="bytes of a request's body, at the most")
    call_timeout: float = Field(default=10.0, gt=0, le=60, description="seconds a service may take")
    clock_followers: Annotated[str, NoDecode] = Field(
        default="", description="comma-separated processes that must acknowledge a step of the clock"
    )

    def followers(self) -> list[str]:
        return [name for name in self.clock_followers.split(",") if name]
