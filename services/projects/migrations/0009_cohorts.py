"""Closed cohorts of contract years (PM-2, PM-4)."""

from alembic import op

from shared.database import grant, run_script

revision = "0009_cohorts"
down_revision = "0008_needs_and_offers"

_TABLES = """
CREATE TABLE cohort (
    cohort    text PRIMARY KEY,
    closed_on date NOT NULL,
    members   int  NOT NULL
);
CREATE TABLE cohort_member (
    cohort        text NOT NULL REFERENCES cohort,
    project       text NOT NULL,
    region        text NOT NULL,
    contracted_on date NOT NULL,
    amount        numeric(18, 2),
    PRIMARY KEY (cohort, project)
);
COMMENT ON TABLE cohort_member IS 'Projects of a contract year as they were when it was closed: never changed.';
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("cohort", "cohort_member"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
