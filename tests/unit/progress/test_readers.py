"""What progress reads of events, and what it does with those it can't."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from services.progress.common.sources import SOURCES
from services.progress.projection import project_events
from services.progress.projection.readers import READERS, read
from shared.consumer import NewerSchema, Poison
from shared.envelope import Envelope

NOON = datetime(2013, 2, 4, 4, tzinfo=UTC)
REPORT = {"report": "350100:2013-01", "region": "350100", "month": "2013-01", "investment": "5500000000.50"}


def envelope(type_name: str, data: Mapping[str, Any], version: int = 1, source: str = "projects") -> Envelope:
    return Envelope(
        specversion="1.0",
        id="1-ab",
        source=source,
        type=type_name,
        subject="s",
        time=NOON,
        datacontenttype="application/json",
        schemaversion=version,
        sequence=1,
        streamversion=1,
        recordedtime=NOON,
        hash="ab",
        previoushash="",
        simulated=False,
        data=dict(data),
    )


def test_money_is_read_exactly():
    event = read(envelope("MonthlyReportFiled", REPORT))
    assert isinstance(event, project_events.MonthlyReportFiled)
    assert event.investment == Decimal("5500000000.50")


def test_fields_that_progress_does_not_use_are_passed_over():
    assert read(envelope("MonthlyReportFiled", {**REPORT, "weather": "rain"})) is not None


def test_types_that_progress_does_not_use_are_passed_over_in_any_version():
    assert read(envelope("AcceptanceReminded", {}, version=9)) is None
    assert read(envelope("MonthlyReportFiled", REPORT, source="energy")) is None


def test_a_newer_version_stops_the_line():
    with pytest.raises(NewerSchema, match="MonthlyReportFiled v2"):
        read(envelope("MonthlyReportFiled", REPORT, version=2))


def test_a_missing_field_stops_the_line_and_is_named():
    with pytest.raises(Poison, match="investment"):
        read(envelope("MonthlyReportFiled", {k: v for k, v in REPORT.items() if k != "investment"}))


SAMPLES = sorted(
    (source.name, sample.name)
    for source in resources.files("shared").joinpath("contracts").iterdir()
    if source.name in SOURCES
    for sample in source.iterdir()
    if sample.name.endswith(".json") and not sample.name.endswith(".schema.json") and ".v" in sample.name
)


def test_every_published_sample_of_a_type_that_is_read_can_be_read():
    """The writers' golden samples, of every version, in this reader."""
    for source, name in SAMPLES:
        type_name, _, version = name.removesuffix(".json").rpartition(".v")
        if (source, type_name) not in READERS:
            continue
        raw = json.loads(resources.files("shared").joinpath("contracts", source, name).read_text("utf-8"))
        data = raw.get("data", raw) if "specversion" in raw else raw
        assert read(envelope(type_name, data, int(version), source)) is not None, name
