"""Meters as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from pydantic import Field
from sqlalchemy import JSON, Column, Date

from services.energy.common.models import Answer, Figure
from services.energy.common.tables import metadata
from services.energy.meters.decisions import MeterCommand
from services.energy.meters.facts.events import Direction
from services.energy.meters.facts.life import InUse, MeterState, NoMeter, Retired, segments
from services.energy.meters.guards import in_use
from services.energy.meters.values import CalibrationIn
from shared.feature import Done
from shared.kept import Kept
from shared.naming import Name
from shared.table_of import table_of


class Meter(Answer):
    """A meter as it is now."""

    meter: str
    enterprise: str
    enterprise_name: Name = None
    carrier: str
    carrier_name: Name = None
    unit: str
    carrier_unit: str = Field(description="unit in which the carrier is counted")
    unit_factor: Figure = Field(description="how many of it one `unit` is")
    kind: str
    serial: str
    ratio: Figure
    digits: int | None
    modulus: Figure | None = None
    capacity: Figure | None
    interval_minutes: int
    scope: int
    direction: Direction = Direction.PURCHASED
    statistic_types: list[int]
    calibration: CalibrationIn
    valid_from: datetime
    counting_since: datetime | None = Field(description="since when serial, ratio, digits and capacity hold")
    retired_at: datetime | None
    aliases: list[str] = Field(
        default=[], description="names by which its device sends, as its vendor knows it"
    )


class MeterAfter(Meter):
    """A meter after a command."""

    changed: bool = Field(description="false: what was asked for was so already, and nothing has happened")


TABLE = table_of(
    "meter",
    metadata,
    Meter,
    key=("meter",),
    without=("calibration", "aliases"),
    more=(Column("calibrated_on", Date), Column("calibration_due", Date), Column("life", JSON)),
)


def row(state: InUse | Retired) -> Mapping[str, Any]:
    """A meter as it stands in the list; `life` is all that is known of it."""
    first, used, last = state.registered, in_use(state), segments(state)[-1]
    return {
        "meter": first.meter,
        "enterprise": first.enterprise,
        "carrier": first.carrier,
        "unit": first.unit,
        "carrier_unit": first.carrier_unit,
        "unit_factor": first.unit_factor,
        "kind": first.kind,
        "serial": last.counter.serial,
        "ratio": last.counter.ratio,
        "digits": last.counter.digits,
        "modulus": last.counter.modulus,
        "capacity": last.counter.capacity,
        "interval_minutes": last.interval_minutes,
        "scope": first.scope,
        "direction": last.direction,
        "statistic_types": list(first.statistic_types),
        "valid_from": first.valid_from,
        "counting_since": used.since,
        "retired_at": state.at if isinstance(state, Retired) else None,
        "calibrated_on": used.calibration.last,
        "calibration_due": used.calibration.next,
        "life": msgspec.json.decode(msgspec.json.encode(state)),
    }


def _parts(state: MeterState) -> Mapping[str, InUse | Retired]:
    return {} if isinstance(state, NoMeter) else {"": state}


KEPT: Kept[MeterState, InUse | Retired] = Kept(TABLE, _parts, row)


def of_row(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the answer, of a row of the table."""
    fields = dict(kept)
    life: dict[str, Any] = fields.pop("life") or {}
    calibration = CalibrationIn(last=fields.pop("calibrated_on"), next=fields.pop("calibration_due"))
    return {**fields, "calibration": calibration, "aliases": life.get("before", life).get("aliases", [])}


def answer(done: Done[MeterState, MeterCommand]) -> MeterAfter:
    """The answer to every command on a meter."""
    if isinstance(done.state, NoMeter):
        raise TypeError("not a meter")
    return MeterAfter(**of_row(row(done.state)), changed=bool(done.events))
