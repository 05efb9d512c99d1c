"""The gateway's own settings, beside those of every process."""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.settings import Settings

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


class GatewaySettings(Settings):
    """Environment only, prefix `SHENGJI_`."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_", extra="ignore")

    jwt_public_key: str | None = Field(
        default=None, description="PEM of the Ed25519 key that verifies tokens, where no OIDC issuer is set"
    )
    jwt_issuer: str = "shengji-local"
    jwt_audience: str = "shengji"
    cors_origins: Annotated[str, NoDecode] = Field(
        default="", description="comma-separated origins whose pages may ask (https://portal.example.cn)"
    )
    token_longest: int = Field(
        default=43_200, ge=60, le=32 * 86_400, description="seconds that a token may last, whoever issued it"
    )
    oidc_issuer: str | None = Field(
        default=None, description="URL of the token issuer; its keys are discovered"
    )
    oidc_ca: Path | None = Field(
        default=None, description="PEM of who certifies the issuer, if not the system's"
    )
    oidc_refetch_s: float = Field(
        default=10.0, ge=0, description="seconds between two looks for an unknown key"
    )
    oidc_keys_fresh_s: float = Field(default=300.0, gt=0, description="seconds until keys are asked for anew")
    oidc_keys_longest_s: float = Field(
        default=86_400.0, gt=0, description="seconds that keys hold while the issuer is away"
    )
    claim_role: str = Field(default="role", description="claim with the role; dots lead into objects")
    claim_area: str = Field(default="area", description="claim with the region's code")
    claim_organisation: str = Field(default="org", description="claim with the enterprise's id")
    claim_name: str = Field(default="name", description="claim with the person's name, for the directory")
    claim_contact: str = Field(default="email", description="claim with how to reach the person")
    pseudonym_key: SecretStr = Field(
        description="makes a person's reference of the token's subject; at least 32 characters, never changed"
    )
    position_key: SecretStr = Field(description="signs position tokens; at least 32 characters")
    body_limit: int = Field(default=2_000_000, description="bytes of a request's body, at the most")
    body_timeout: float = Field(default=20.0, gt=0, le=600, description="seconds a body may take to arrive")
    upload_limit: int = Field(default=50_000_000, description="bytes of an uploaded spreadsheet, at the most")
    upload_timeout: float = Field(default=120.0, gt=0, le=600, description="seconds it may take to arrive")
    upload_room: int = Field(
        default=110_000_000, description="bytes of uploaded spreadsheets on the disk at once, at the most"
    )
    sheet_processes: int = Field(default=2, ge=1, le=16, description="spreadsheets read at once")
    sheet_memory: int = Field(
        default=400_000_000, ge=150_000_000, description="bytes of address space that reading one may take"
    )
    sheet_seconds: int = Field(
        default=10, ge=1, le=120, description="seconds of CPU that reading one may take"
    )
    call_timeout: float = Field(default=10.0, gt=0, le=60, description="seconds a service may take")
    rate_per_second: float = Field(default=100.0, gt=0, description="requests a second of one subject")
    rate_burst: int = Field(default=2_000, ge=1, description="requests of one subject at once, after a pause")
    anonymous_per_second: float = Field(
        default=10.0, gt=0, description="requests a second of one address without a valid token"
    )
    anonymous_burst: int = Field(default=1_000, ge=1, description="and at once, after a pause")
    catch_up_per_second: float = Field(
        default=10.0, gt=0, description="questions a second for what a subject's streams missed"
    )
    catch_up_burst: int = Field(default=60, ge=1, description="and at once, after a pause")
    bytes_in_hand: int = Field(
        default=128_000_000, ge=1_000_000, description="of all bodies that have arrived and aren't answered"
    )
    bytes_in_hand_of_one: int = Field(default=16_000_000, ge=1_000_000, description="and of one subject's")
    bodies_of_one: int = Field(default=50, ge=1, description="requests with a body in hand of one subject")
    streams_per_subject: int = Field(default=20, ge=1, description="open live streams of one subject")
    clock_followers: Annotated[str, NoDecode] = Field(
        default="", description="comma-separated processes that must acknowledge a step of the clock"
    )

    def origins(self) -> list[str]:
        """The origins whose pages may read answers."""
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]

    @model_validator(mode="after")
    def _origins_are_origins(self) -> Self:
        for origin in self.origins():
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"SHENGJI_CORS_ORIGINS: {origin!r} is no origin; write https://portal.example.cn, without a path"
                )
        return self

    def followers(self) -> list[str]:
        return [name for name in self.clock_followers.split(",") if name]

    @model_validator(mode="after")
    def _somebody_signs_tokens(self) -> Self:
        if self.oidc_issuer is None and self.jwt_public_key is None:
            raise ValueError(
                "nobody can sign tokens: set SHENGJI_OIDC_ISSUER, or SHENGJI_JWT_PUBLIC_KEY for a local key"
            )
        scheme = urlsplit(self.oidc_issuer or "https://").scheme
        if scheme not in ("http", "https") or (self.environment == "production" and scheme != "https"):
            raise ValueError("SHENGJI_OIDC_ISSUER must be an https URL")
        if len(self.pseudonym_key.get_secret_value()) < 32:
            raise ValueError("SHENGJI_PSEUDONYM_KEY must have at least 32 characters")
        return self
