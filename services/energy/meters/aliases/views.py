"""Aliases as rows, by which the worker finds the meter of a reading."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Table, Text

from services.energy.common.tables import metadata
from services.energy.meters.facts.life import MeterState, NoMeter
from services.energy.meters.guards import in_use
from shared.kept import Kept

TABLE = Table(
    "meter_alias",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("meter", Text),
)


def _parts(state: MeterState) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(state, NoMeter):
        return {}
    of = {"enterprise": state.registered.enterprise, "meter": state.registered.meter}
    return {alias: {**of, "alias": alias} for alias in in_use(state).aliases}


KEPT: Kept[MeterState, Mapping[str, Any]] = Kept(TABLE, _parts, lambda part: part)
