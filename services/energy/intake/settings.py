"""Limits of the intake, from the environment (prefix `SHENGJI_INTAKE_`)."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IntakeSettings(BaseSettings):
    """What one intake process takes on at most, and what one enterprise may take of it."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_INTAKE_", extra="ignore")

    max_body_bytes: int = Field(default=2_000_000, ge=1_000, description="of a request, as sent")
    max_unpacked_bytes: int = Field(default=4_000_000, ge=1_000, description="of a gzip body, unpacked")
    body_timeout: float = Field(default=20.0, gt=0, le=600, description="seconds for a body to arrive")
    max_bytes_in_flight: int = Field(
        default=64_000_000, ge=1_000, description="of all requests in hand, as far as they have arrived"
    )
    max_bytes_of_one: int = Field(default=16_000_000, ge=1_000, description="and of one enterprise's")
    max_requests_of_one: int = Field(default=128, ge=1, description="requests in hand of one enterprise")
    requests_per_second: float = Field(default=1_000, gt=0, description="requests of one enterprise")
    requests_burst: int = Field(default=20_000, ge=1, description="and at once, after a pause")
    anonymous_per_second: float = Field(
        default=50, gt=0, description="requests of one address without a valid credential"
    )
    anonymous_burst: int = Field(default=2_000, ge=1, description="and at once, after a pause")
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
