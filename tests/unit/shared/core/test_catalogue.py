"""Catalogue and upcasting: domain events as they are stored, old ones in today's words."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import pytest

from shared.catalogue import Catalogue, NewerEvent
from shared.upcasting import UnknownVersion, upcast

NOON = datetime(2013, 2, 5, 4, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Part:
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Made:
    on: date
    weight: Decimal
    colour: Colour
    parts: tuple[Part, ...]
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    schema_version: ClassVar[int] = 3
    metres: int
    occurred_at: datetime


UP = {
    ("Seen", 1): lambda data: {"feet": data["foot"], "occurred_at": data["occurred_at"]},
    ("Seen", 2): lambda data: {"metres": data["feet"] * 3 // 10, "occurred_at": data["occurred_at"]},
}
CATALOGUE = Catalogue("things", [Made, Seen], UP)
MADE = Made(date(2013, 2, 5), Decimal("0.10"), Colour.RED, (Part(Decimal("1E+2")),))


def test_an_event_is_stored_as_plain_json_and_read_back_equal() -> None:
    stored = CATALOGUE.encode(MADE, NOON)
    assert (stored.type, stored.schema_version, stored.occurred_at) == ("Made", 1, NOON)
    assert json.loads(json.dumps(stored.data)) == {
        "on": "2013-02-05",
        "weight": "0.10",
        "colour": "red",
        "parts": [{"weight": "1E+2"}],
        "remark": None,
    }
    assert CATALOGUE.decode_data("Made", 1, stored.data) == MADE


def test_an_event_that_knows_when_it_happened_keeps_that() -> None:
    then = datetime(2012, 12, 31, tzinfo=UTC)
    assert CATALOGUE.encode(Seen(3, then), NOON).occurred_at == then


def test_old_versions_are_lifted_one_by_one() -> None:
    at = NOON.isoformat()
    for version, data in ((1, {"foot": 10}), (2, {"feet": 10}), (3, {"metres": 3})):
        assert CATALOGUE.decode_data("Seen", version, {**data, "occurred_at": at}) == Seen(3, NOON)


def test_a_version_from_the_future_stops_the_reader() -> None:
    with pytest.raises(UnknownVersion, match="Seen v4: this reader knows up to v3"):
        upcast("Seen", 4, 3, {}, UP)


def test_an_event_of_a_newer_release_is_a_matter_of_time_and_its_meeting_shows_in_health() -> None:
    catalogue = Catalogue("things", [Made, Seen], UP)
    assert catalogue.check().status == "ok"
    for name, version, met in (("Unheard", 1, "Unheard"), ("Seen", 4, "Seen v4")):
        with pytest.raises(NewerEvent, match=f"things: {met} was written by a newer release") as newer:
            catalogue.decode_data(name, version, {})
        assert (newer.value.status, newer.value.retry_after) == (503, 5)
    assert catalogue.check().status == "degraded"
    assert "Seen v4, Unheard" in catalogue.check().detail


def test_a_missing_upcaster_is_found_when_the_service_starts_not_at_night() -> None:
    with pytest.raises(ValueError, match=r"Seen has no upcaster from version \[2\]"):
        Catalogue("things", [Seen], {("Seen", 1): UP[("Seen", 1)]})


def test_an_event_that_is_not_listed_is_an_error() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.encode(Part(Decimal(1)), NOON)


def test_upcasting_leaves_the_newest_as_it_is() -> None:
    data = {"metres": 3}
    assert upcast("Seen", 3, 3, data, UP) is data
