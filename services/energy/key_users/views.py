"""Lists of key users as answers, and as rows: the list's head, and its lines."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Integer

from services.energy.common.models import Answer, Figure
from services.energy.common.tables import metadata
from services.energy.key_users.decisions import DesignateKeyUsers
from services.energy.key_users.facts import KeyUser, KeyUsersDesignated, KeyUserState, Listed
from shared.feature import Done
from shared.kept import Kept, only
from shared.naming import Name
from shared.table_of import table_of


class KeyUserOut(Answer):
    """One key user."""

    enterprise: str
    enterprise_name: Name = None
    region: str
    region_name: Name = None
    tce: Figure
    category: str
    reason: str


class KeyUserList(Answer):
    """The list in force."""

    year: int
    basis: str
    source: str
    revision: int
    revision_reason: str | None
    enterprises: list[KeyUserOut]


KEY_USER_LIST = table_of("key_user_list", metadata, KeyUserList, key=("year",), without=("enterprises",))
KEY_USER = table_of(
    "key_user",
    metadata,
    KeyUserOut,
    key=("enterprise",),
    more=(Column("year", Integer, primary_key=True),),
)


def row(state: Listed) -> Mapping[str, Any]:
    """A list's head."""
    head = state.designated
    return {
        "year": head.year,
        "basis": head.basis.value,
        "source": head.source,
        "revision": head.revision,
        "revision_reason": head.revision_reason,
    }


def _lines(state: KeyUserState) -> Mapping[str, tuple[KeyUsersDesignated, KeyUser]]:
    if not isinstance(state, Listed):
        return {}
    return {user.enterprise: (state.designated, user) for user in state.designated.enterprises}


def _line(part: tuple[KeyUsersDesignated, KeyUser]) -> Mapping[str, Any]:
    head, user = part
    return {"year": head.year, **_user(user)}


def _user(user: KeyUser) -> dict[str, Any]:
    return {
        "enterprise": user.enterprise,
        "region": user.region,
        "tce": user.tce,
        "category": user.category.value,
        "reason": user.reason,
    }


KEPT: tuple[Kept[KeyUserState, Any], ...] = (
    Kept(KEY_USER_LIST, only(Listed), row),
    Kept(KEY_USER, _lines, _line),
)


def answer(done: Done[KeyUserState, DesignateKeyUsers]) -> KeyUserList:
    """The list in force. Raises TypeError where there is none."""
    if not isinstance(done.state, Listed):
        raise TypeError("a list was taken and there is none")
    users = [KeyUserOut(**_user(user)) for user in done.state.designated.enterprises]
    return KeyUserList(**row(done.state), enterprises=users)
