"""Enterprises as answers, and as rows of their list, of their identifiers and of where they lay."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Column, Date, Table, Text

from services.energy.common.models import Answer, Figure
from services.energy.common.tables import metadata
from services.energy.enterprises.decisions import EnterpriseCommand
from services.energy.enterprises.facts import EnterpriseState, ExternalId, Registered
from shared.feature import Done
from shared.kept import Kept, only
from shared.naming import Name
from shared.table_of import table_of


class ExternalIdOut(Answer):
    """An identifier that somebody else gives."""

    scheme: str
    value: str
    valid_from: date
    valid_to: date | None


class Enterprise(Answer):
    """An enterprise (企业) as it is known now. `valid_from` is the first day on which this holds."""

    enterprise: str
    name: str
    region: str
    region_name: Name = None
    industry: str
    external_ids: list[ExternalIdOut]
    valid_from: date


class KeyUserOf(Answer):
    """The enterprise's line on the list of a year."""

    year: int
    tce: Figure
    basis: str
    category: Literal["threshold", "designated"]


class Feed(Answer):
    """How its data arrive. Times by the Clock; null where nothing has come yet."""

    meters: int
    silent_since: datetime | None
    last_reading_at: datetime | None
    last_received_at: datetime | None


class EnterpriseDetail(Enterprise):
    """An enterprise with its place on the lists of key users and the state of its feed."""

    key_user: list[KeyUserOf]
    feed: Feed


class EnterpriseItem(Answer):
    """One line of the list. `online` is null where the day isn't judged, e.g. for other than key users."""

    enterprise: str
    name: str
    region: str
    region_name: Name = None
    industry: str
    key_user_tce: Figure | None
    online: bool | None
    silent_since: datetime | None


TABLE = table_of("enterprise", metadata, Enterprise, key=("enterprise",), without=("external_ids",))
ENTERPRISE_REGION = Table(
    "enterprise_region",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("region", Text),
)
EXTERNAL_ID = table_of(
    "external_id", metadata, ExternalIdOut, key=("scheme", "value"), more=(Column("enterprise", Text),)
)


def row(state: Registered) -> Mapping[str, Any]:
    """An enterprise as it is known now."""
    return {
        "enterprise": state.enterprise,
        "name": state.name,
        "region": state.region,
        "industry": state.industry,
        "valid_from": state.valid_from,
    }


def _sites(state: EnterpriseState) -> Mapping[date, tuple[str, date, str]]:
    if not isinstance(state, Registered):
        return {}
    return {on: (state.enterprise, on, region) for on, region in state.sites.items()}


def _site(part: tuple[str, date, str]) -> Mapping[str, Any]:
    enterprise, valid_from, region = part
    return {"enterprise": enterprise, "valid_from": valid_from, "region": region}


def _codes(state: EnterpriseState) -> Mapping[tuple[str, str], tuple[str, ExternalId]]:
    if not isinstance(state, Registered):
        return {}
    return {(code.scheme, code.value): (state.enterprise, code) for code in state.external_ids}


def _code(part: tuple[str, ExternalId]) -> Mapping[str, Any]:
    enterprise, code = part
    return {
        "scheme": code.scheme.value,
        "value": code.value,
        "enterprise": enterprise,
        "valid_from": code.valid_from,
        "valid_to": code.valid_to,
    }


KEPT: tuple[Kept[EnterpriseState, Any], ...] = (
    Kept(TABLE, only(Registered), row),
    Kept(ENTERPRISE_REGION, _sites, _site),
    Kept(EXTERNAL_ID, _codes, _code),
)


def answer(done: Done[EnterpriseState, EnterpriseCommand]) -> Enterprise:
    """The answer to every command on an enterprise. Raises TypeError for one that nobody has registered."""
    state = done.state
    if not isinstance(state, Registered):
        raise TypeError("not registered")
    codes = [
        ExternalIdOut(
            scheme=code.scheme, value=code.value, valid_from=code.valid_from, valid_to=code.valid_to
        )
        for code in state.external_ids
    ]
    return Enterprise(**row(state), external_ids=codes)
