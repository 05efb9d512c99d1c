"""Settings of one process, read from the environment only (prefix `SHENGJI_`): secrets stand nowhere else.

Whoever starts a process (the one-machine runner, compose, Kubernetes) gives it its own
`SHENGJI_DATABASE_URL`, `SHENGJI_NATS_USER` and so on; a process never sees another's secrets.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One process's settings. Unknown values are an error at start, not at three in the morning."""

    # Values stay out of error messages: the first of them to be wrong may be a password.
    model_config = SettingsConfigDict(env_prefix="SHENGJI_", extra="ignore", hide_input_in_errors=True)

    environment: Literal["production", "local", "test"] = "production"
    clock: Literal["system", "simulated"] = "system"

    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str | None = None
    nats_password: SecretStr | None = None
    nats_tls_ca: Path | None = Field(
        default=None, description="PEM of who certifies the NATS servers; then every NATS URL must be tls://"
    )
    nats_tls_cert: Path | None = Field(
        default=None, description="PEM of our own certificate, if NATS wants one"
    )
    nats_tls_key: Path | None = Field(default=None, description="PEM of its key")

    database_url: SecretStr | None = Field(default=None, description="runtime role of this service")
    owner_database_url: SecretStr | None = Field(
        default=None, description="migrating role; only for migrations"
    )
    database_pool: int = Field(default=8, ge=1, le=100, description="connections at the most")

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8000, ge=0, le=65535)
    http_tls_cert: Path | None = Field(default=None, description="PEM of the door's certificate chain: TLS")
    http_tls_key: Path | None = Field(default=None, description="PEM of its key")
    http_trusted_proxies: str = Field(
        default="", description="comma-separated addresses or networks whose X-Forwarded-* is believed"
    )
    head_timeout: float = Field(
        default=10.0, gt=0, le=600, description="seconds for the head of a request to arrive"
    )
    most_connections: int = Field(default=2_000, ge=10, description="open at once at a public endpoint")
    most_connections_of_one: int = Field(
        default=500, ge=5, description="of one address, if it isn't a trusted proxy's"
    )
    health_host: str = "127.0.0.1"
    health_port: int = Field(default=0, ge=0, le=65535, description="0: no health endpoint")

    log_dir: Path | None = Field(default=None, description="JSON log lines go to stdout, and here if set")
    trace_dir: Path | None = Field(
        default=None, description="spans as JSON lines, where no OTLP endpoint is set"
    )
    query_traces_per_second: float = Field(
        default=50, ge=1, description="GETs that begin a trace of their own; those that bring one always do"
    )
    anchor_dirs: str = Field(
        default="", description="folders for the heads of the event log, separated as in PATH; none: nowhere"
    )
    anchor_url: str | None = Field(default=None, description="takes each head too, as JSON by POST")
    anchor_every: float = Field(default=60.0, gt=0, description="seconds between two heads")
    answers_kept_days: int = Field(
        default=400, ge=1, description="for so long a repeated command gets the answer that it got"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        for name in ("nats_tls", "http_tls"):
            if (getattr(self, f"{name}_cert") is None) != (getattr(self, f"{name}_key") is None):
                raise ValueError(
                    f"SHENGJI_{name.upper()}_CERT and SHENGJI_{name.upper()}_KEY belong together: set both"
                )
        if self.nats_tls_cert is not None and self.nats_tls_ca is None:
            raise ValueError("SHENGJI_NATS_TLS_CERT without SHENGJI_NATS_TLS_CA: say whom to trust, too")
        if self.nats_tls_ca is not None:
            # A client for which TLS is optional sends its password in the clear to a server that claims not to offer
            # it.
            plain = [url for url in self.nats_url.split(",") if not url.strip().startswith("tls://")]
            if plain:
                raise ValueError("with SHENGJI_NATS_TLS_CA every URL of SHENGJI_NATS_URL begins with tls://")
        return self

    @model_validator(mode="after")
    def _no_simulated_time_in_production(self) -> Self:
        if self.environment == "production" and self.clock == "simulated":
            raise ValueError(
                "SHENGJI_CLOCK=simulated is refused where SHENGJI_ENVIRONMENT=production: "
                "figures would carry dates that never were. Unset one of the two."
            )
        return self
