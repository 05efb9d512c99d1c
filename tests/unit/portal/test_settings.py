"""Settings that can't work are an error at the start, with what to do."""

import pytest

from services.portal.settings import PortalSettings

KEY = "k" * 40


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"session_key": "short"}, "at least 32"),
        ({"oidc_issuer": "https://issuer.example"}, "SHENGJI_PORTAL_URL"),
        ({"oidc_issuer": "ftp://x", "portal_url": "https://portal.example"}, "http"),
        ({"oidc_issuer": "http://issuer.example", "portal_url": "https://portal.example"}, "https"),
        ({"demo_signing_key": "pem"}, "anybody could sign in"),
    ],
)
def test_what_can_not_work_in_production_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        PortalSettings(**{"environment": "production", "session_key": KEY, **given})  # type: ignore[arg-type]
    assert KEY not in str(refused.value)
