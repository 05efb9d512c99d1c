"""Settings: from the environment only, and no simulated time in production."""

import pytest
from pydantic import ValidationError

from shared.settings import Settings


def test_simulated_time_is_refused_where_production_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENGJI_CLOCK", "simulated")
    monkeypatch.setenv("SHENGJI_ENVIRONMENT", "production")
    with pytest.raises(ValidationError, match="figures would carry dates that never were"):
        Settings()
    monkeypatch.setenv("SHENGJI_ENVIRONMENT", "local")
    assert Settings().clock == "simulated"


def test_production_is_what_is_meant_when_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHENGJI_ENVIRONMENT", "SHENGJI_CLOCK"):
        monkeypatch.delenv(name, raising=False)
    assert (Settings().environment, Settings().clock) == ("production", "system")


@pytest.mark.parametrize(
    ("name", "value"),
    [("CLOCK", "sundial"), ("DATABASE_POOL", "0"), ("HEALTH_PORT", "70000"), ("LOG_LEVEL", "x")],
)
def test_a_value_that_cannot_be_is_an_error_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"SHENGJI_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENGJI_DATABASE_URL", "postgresql+asyncpg://me:hunter2@localhost/x")
    monkeypatch.setenv("SHENGJI_NATS_PASSWORD", "hunter2")
    assert "hunter2" not in repr(Settings())
