"""Designations (认定) as lists show them, and the rule that one thing stands once as one of a kind."""

from alembic import op

from shared.database import grant, run_script

revision = "0004_designation"
down_revision = "0003_person"


def upgrade() -> None:
    run_script(
        op,
        """
        CREATE TABLE designation (
            designation   text PRIMARY KEY,
            kind          text NOT NULL,
            level         text NOT NULL,
            name          text NOT NULL,
            region        text NOT NULL,
            enterprise    text,
            fields        text[] NOT NULL,
            designated_on date NOT NULL,
            issuer        text NOT NULL,
            evidence      text NOT NULL,
            standing      text NOT NULL,
            since         date NOT NULL,
            withdrawn_on  date
        );
        COMMENT ON COLUMN designation.withdrawn_on IS 'from this day on it does not stand';
        CREATE UNIQUE INDEX designation_name ON designation (kind, level, name) WHERE withdrawn_on IS NULL;
        CREATE UNIQUE INDEX designation_enterprise ON designation (kind, level, enterprise)
            WHERE withdrawn_on IS NULL AND enterprise IS NOT NULL;
        """,
    )
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "designation")
