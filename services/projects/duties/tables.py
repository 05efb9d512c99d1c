"""The tables of entries and of consequences; each row is one of the folded account."""

from dataclasses import asdict

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text

from services.projects.common.tables import metadata
from services.projects.duties.facts import Account, Drawn, Entry
from shared.kept import Kept

ENTRIES = Table(
    "duty_entry",
    metadata,
    Column("duty", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("received_on", Date),
    Column("evidence", Text),
    Column("waived", Boolean),
    Column("waiver_reason", Text),
    Column("reminded_on", Date),
    Column("reminded_before", Integer),
    Column("missed_on", Date),
)
CONSEQUENCES = Table(
    "duty_consequence",
    metadata,
    Column("duty", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("last_period", Text, primary_key=True),
    Column("first_period", Text),
    Column("periods", Integer),
    Column("consequence", Text),
    Column("drawn_on", Date),
    Column("carried_out_on", Date),
    Column("evidence", Text),
    Column("document_period", Text),
    Column("lifted_on", Date),
    Column("lift_reason", Text),
)

KEPT: tuple[Kept[Account, Entry], Kept[Account, Drawn]] = (
    Kept(ENTRIES, lambda state: state.entries, asdict),
    Kept(CONSEQUENCES, lambda state: state.consequences, asdict),
)
