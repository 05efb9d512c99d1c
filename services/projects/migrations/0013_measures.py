"""Measures (措施, TR-23) as lists show them."""

from alembic import op

from shared.database import grant, run_script

revision = "0013_measures"
down_revision = "0012_documents"

_TABLE = """
CREATE TABLE measure (
    measure      text PRIMARY KEY,
    kind         text NOT NULL,
    name         text NOT NULL,
    region       text NOT NULL,
    rows         text[] NOT NULL,
    owner        text NOT NULL,
    due_on       date NOT NULL,
    follow_ups   int NOT NULL,
    last_on      date,
    completed_on date,
    tag          text,
    industries   text[] NOT NULL
);
COMMENT ON TABLE measure IS 'Promises of the plan without a figure, and how they are followed up (跟踪落实).';
COMMENT ON COLUMN measure.tag IS 'tag of the projects that the measure reaches';
"""


def upgrade() -> None:
    run_script(op, _TABLE)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "measure")
