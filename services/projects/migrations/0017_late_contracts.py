"""Contracts of a closed cohort's year that became known afterwards."""

from alembic import op

from shared.database import grant, run_script

revision = "0017_late_contracts"
down_revision = "0016_measure_items"

_TABLE = """
CREATE TABLE cohort_late (
    cohort        text NOT NULL,
    project       text NOT NULL,
    region        text NOT NULL,
    contracted_on date NOT NULL,
    amount        numeric(18, 2),
    found_on      date NOT NULL,
    PRIMARY KEY (cohort, project)
);
COMMENT ON TABLE cohort_late IS 'Contracts of a closed year that came too late: no members, shown beside them.';
"""


def upgrade() -> None:
    run_script(op, _TABLE)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "cohort_late")
