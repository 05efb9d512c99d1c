"""The portal's own settings, beside those of every process."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class PortalSettings(Settings):
    """Environment only, prefix `SHENGJI_`."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_", extra="ignore", hide_input_in_errors=True)

    gateway_url: str = Field(
        default="http://127.0.0.1:8080", description="where the gateway is, as we reach it"
    )
    gateway_ca: Path | None = Field(default=None, description="PEM of who certifies it, if not the system's")
    gateway_timeout: float = Field(default=15.0, gt=0, le=60, description="seconds that an answer may take")
    portal_url: str | None = Field(
        default=None, description="our own address as browsers see it; needed to sign in at an issuer"
    )
    session_key: SecretStr = Field(description="seals session cookies; at least 32 characters")
    session_longest: int = Field(
        default=43_200, ge=60, description="seconds a session may last, if its token lasts longer"
    )
    oidc_issuer: str | None = Field(default=None, description="URL of the issuer at which people sign in")
    oidc_ca: Path | None = Field(
        default=None, description="PEM of who certifies the issuer, if not the system's"
    )
    oidc_client_id: str = Field(default="shengji-portal", description="what the issuer calls the portal")
    oidc_client_secret: SecretStr | None = Field(default=None, description="for a confidential client")
    oidc_scope: str = Field(default="openid profile email", description="what is asked for, by spaces")
    demo_signing_key: SecretStr | None = Field(
        default=None, description="PEM that signs demo persons' tokens; refused in production"
    )
    map_approval: str = Field(
        default="", description="审图号 under the map; without one only tiles are public"
    )

    @model_validator(mode="after")
    def _keys_are_fit(self) -> Self:
        if len(self.session_key.get_secret_value()) < 32:
            raise ValueError("SHENGJI_SESSION_KEY must have at least 32 characters")
        if self.demo_signing_key is not None and self.environment == "production":
            raise ValueError(
                "SHENGJI_DEMO_SIGNING_KEY is refused where SHENGJI_ENVIRONMENT=production: "
                "anybody could sign in as anybody. Unset it, and set SHENGJI_OIDC_ISSUER."
            )
        return self

    @model_validator(mode="after")
    def _issuer_is_whole(self) -> Self:
        if self.oidc_issuer is None:
            return self
        if self.portal_url is None:
            raise ValueError(
                "SHENGJI_OIDC_ISSUER needs SHENGJI_PORTAL_URL, to which the issuer sends people back"
            )
        for name, url in (("OIDC_ISSUER", self.oidc_issuer), ("PORTAL_URL", self.portal_url)):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.netloc:
                raise ValueError(f"SHENGJI_{name} must be an http(s) URL")
            if self.environment == "production" and parts.scheme != "https":
                raise ValueError(f"SHENGJI_{name} must be an https URL in production")
        return self

    @property
    def demo(self) -> bool:
        """Whether people choose a demo person instead of signing in."""
        return self.oidc_issuer is None and self.demo_signing_key is not None
