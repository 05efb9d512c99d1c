"""Appraisals of the cities (绩效考核) as lists show them."""

from alembic import op

from shared.database import grant, run_script

revision = "0005_appraisal"
down_revision = "0004_designation"


def upgrade() -> None:
    run_script(
        op,
        """
        CREATE TABLE appraisal (
            plan            text NOT NULL,
            year            int  NOT NULL,
            measure         text NOT NULL,
            opened_on       date NOT NULL,
            self_due_on     date NOT NULL,
            verify_due_on   date NOT NULL,
            cities          int  NOT NULL,
            own             text[] NOT NULL,
            verified        text[] NOT NULL,
            edition         int  NOT NULL,
            PRIMARY KEY (plan, year)
        );
        COMMENT ON COLUMN appraisal.own IS 'cities that have assessed themselves';
        """,
    )
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "appraisal")
