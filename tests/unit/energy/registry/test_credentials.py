"""Device credentials: issued, rotated with an overlap, revoked at once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.energy.common.given import AtMoment
from services.energy.credentials.decisions import (
    CREDENTIALS,
    MAX_VALID,
    IssueCredential,
    New,
    RevokeCredential,
    RotateCredential,
)
from services.energy.credentials.facts import DeviceCredentialIssued, DeviceCredentialRevoked
from services.energy.credentials.views import told_once
from tests.kit.spec import given

NOW = datetime(2013, 1, 15, 4, tzinfo=UTC)
WHO: dict[str, Any] = {"today": date(2013, 1, 15), "by": "clerk", "now": NOW}
CLERK = AtMoment(**WHO)
ISSUE = IssueCredential(enterprise="MILL", label="网关")
ROTATE = RotateCredential(enterprise="MILL", overlap_hours=24)


def new(name: str) -> New:
    """A new secret, of this name."""
    return New(**WHO, credential=name, hash=name.encode(), secret=f"secret of {name}")


def issued(name: str, label: str = "") -> DeviceCredentialIssued:
    return DeviceCredentialIssued(enterprise="MILL", credential=name, label=label, valid_from=NOW)


def revoked(name: str, valid_to: datetime, reason: str) -> DeviceCredentialRevoked:
    return DeviceCredentialRevoked(enterprise="MILL", credential=name, valid_to=valid_to, reason=reason)


def revoke(credential: str | None, reason: str = "x") -> RevokeCredential:
    return RevokeCredential(enterprise="MILL", credential=credential, reason=reason)


def test_a_credential_is_issued() -> None:
    given(CREDENTIALS).when(ISSUE, new("aaaa")).then(issued("aaaa", "网关"))


def test_a_rotation_ends_what_is_valid_after_the_overlap() -> None:
    given(CREDENTIALS, issued("aaaa")).when(ROTATE, new("bbbb")).then(
        issued("bbbb"), revoked("aaaa", NOW + timedelta(hours=24), "rotated")
    )


def test_a_second_rotation_gives_no_credential_a_longer_life() -> None:
    rotated = revoked("aaaa", NOW + timedelta(hours=1), "rotated")
    given(CREDENTIALS, issued("aaaa"), rotated).when(ROTATE, new("cccc")).then(issued("cccc"))


def test_a_secret_that_got_out_is_revoked_at_once() -> None:
    given(CREDENTIALS, issued("aaaa")).when(revoke(None, "遗失"), CLERK).then(revoked("aaaa", NOW, "遗失"))
    given(CREDENTIALS, issued("aaaa")).when(revoke("zzzz"), CLERK).rejects("There is no credential")
    ended = revoked("aaaa", NOW, "遗失")
    given(CREDENTIALS, issued("aaaa"), ended).when(revoke("aaaa"), CLERK).changes_nothing()


def test_an_enterprise_without_credentials_has_none_to_rotate() -> None:
    given(CREDENTIALS).when(ROTATE, new("bbbb")).rejects("has no credential")


def test_credentials_do_not_pile_up() -> None:
    many = [issued(f"c{n:02d}") for n in range(MAX_VALID)]
    given(CREDENTIALS, *many).when(ISSUE, new("more")).rejects("valid credentials")


def test_a_token_is_told_by_the_call_that_made_it_and_by_no_other() -> None:
    """A repeat, also one that was carried out at the same moment, gets the first one's answer."""
    answered = {"enterprise": "MILL", "credential": "aaaa"}
    assert told_once(answered, new("aaaa")) == {"token": "MILL.secret of aaaa"}
    assert told_once(answered, new("bbbb")) == {"token": None}
    assert told_once(answered, None) == {"token": None}
    assert "secret of" not in repr(new("aaaa"))
