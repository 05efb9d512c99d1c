"""Limits of the door, from the environment (prefix `SHENGJI_INTAKE_`)."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IntakeSettings(BaseSettings):
    """What one intake process takes on at most, and what one enterprise may take of it."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_INTAKE_", extra="ignore")

    max_body_bytes: int = Field(default=2_000_000, ge=1_000, description="of a request, as sent")
    max_unpacked_bytes: int = Field(default=4_000_000, ge=1_000, description="of a gzip body, unpacked")
    max_bytes_in_flight: int = Field(default=64_000_000, ge=1_000, description="of all requests in hand")
    readings_per_second: float = Field(default=50_000, gt=0, description="fair share of one enterprise")
    readings_burst: int = Field(
        default=250_000, ge=5_000, description="what it may send at once after a pause"
    )
    share_publish_ms: float = Field(default=3.0, ge=0, description="how long small POSTs wait for each other")
    publish_budget_s: float = Field(
        default=10.0, gt=0, description="until an unacknowledged publish is a 503"
    )
    traces_per_second: float = Field(
        default=20, ge=1, description="POSTs that begin a trace of their own; those that bring one always do"
    )
