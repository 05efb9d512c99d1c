"""Settings of the registry's timers, from the environment (prefix `SHENGJI_ENERGY_`)."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class EnergySettings(BaseSettings):
    """How often a past day's figure may change, and how far back a verdict is looked at again."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_ENERGY_", extra="ignore")

    flush_minutes: float = Field(
        default=5,
        ge=0,
        le=1440,
        description="of the Clock, between two revisions of a day while late data arrive",
    )
    look_back_days: int = Field(
        default=14, ge=1, le=366, description="how long after a day its data may still be worked off"
    )
