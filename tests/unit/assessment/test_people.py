"""Revoking a person's access: dated by system time, and never moved back."""

from datetime import date

from services.assessment.people.decisions import ACCESS, Now, RevokeAccess
from services.assessment.people.facts import AccessRevoked
from tests.kit.spec import given

PERSON = "p-2c4ouwq6wq3yt5bsxk7ahvmd"
REVOKE = RevokeAccess(reference=PERSON, reason="调离岗位")


def at(moment: int) -> Now:
    return Now(today=date(2013, 3, 5), by="night-shift", moment=moment)


def revoked(moment: int) -> AccessRevoked:
    return AccessRevoked(person=PERSON, issued_until=moment, reason="调离岗位")


def test_a_later_revocation_moves_the_moment_on() -> None:
    given(ACCESS).when(REVOKE, at(100)).then(revoked(100))
    given(ACCESS, revoked(100)).when(REVOKE, at(101)).then(revoked(101))


def test_within_a_second_and_after_the_system_clock_was_set_back_nothing_changes() -> None:
    given(ACCESS, revoked(100)).when(REVOKE, at(100)).changes_nothing()
    given(ACCESS, revoked(100)).when(REVOKE, at(99)).changes_nothing()
