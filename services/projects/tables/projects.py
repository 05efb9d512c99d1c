"""Projects and their stays in registers, as lists show them."""

from sqlalchemy import Boolean, Column, Computed, Date, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.tables.base import MONEY, metadata

project = Table(
    "project",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text),
    Column("region", Text),
    Column("enterprise", Text),
    Column("enterprise_name", Text),
    Column("industry", Text),
    Column("total_investment", MONEY),
    Column("equipment_investment", MONEY),
    Column("programmes", ARRAY(Text)),
    Column("stage", Text),
    Column("stage_on", Date),
    Column("registered_on", Date),
    Column("tags", ARRAY(Text)),
    Column("investor_kind", Text),
    Column("investor_name", Text),
    Column("investor_categories", ARRAY(Text)),
    Column("investor_origin", Text),
    Column("investor_eastern", Boolean),
    Column("focus_sector", Text),
    Column("bank_loan", MONEY),
    Column("version", Integer),
    Column("acceptance_due_on", Date),
    Column("reminders", Integer),
    Column("reminded_on", Date),
    Column("saving_expected", Numeric),
    Column("saving_verified", Numeric),
    Column("search", Text, Computed("lower(name || ' ' || coalesce(enterprise_name, ''))")),
)
project_milestone = Table(
    "project_milestone",
    metadata,
    Column("project", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("on_day", Date),
    Column("amount", MONEY),
    Column("ceremony", Text),
)
pre_review = Table(
    "pre_review",
    metadata,
    Column("project", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("region", Text),
    Column("lead", Text),
    Column("opened_on", Date),
    Column("due_on", Date),
    Column("departments", ARRAY(Text)),
    Column("missing", ARRAY(Text)),
    Column("result", Text),
    Column("concluded_on", Date),
    Column("reason", Text),
)
signing = Table(
    "signing",
    metadata,
    Column("ceremony", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("region", Text),
    Column("contract", Text),
    Column("amount", MONEY),
    Column("recommended_on", Date),
    Column("approved", Boolean),
    Column("audited_on", Date),
    Column("reason", Text),
    Column("signed_on", Date),
)
project_register = Table(
    "project_register",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
)

INLINE = (project, project_register, project_milestone, pre_review, signing)
