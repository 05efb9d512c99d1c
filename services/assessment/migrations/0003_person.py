"""The directory of people: what is personal stands here and not in the log, so that it can be erased."""

from alembic import op

from shared.database import grant, run_script

revision = "0003_person"
down_revision = "0002_assessment"


def upgrade() -> None:
    run_script(
        op,
        """
        CREATE TABLE person (
            reference text PRIMARY KEY CHECK (reference ~ '^p-[a-z2-7]{24}$'),
            subject   text,
            name      text,
            contact   text,
            noted_at  timestamptz NOT NULL,
            erased_at timestamptz,
            erased_by text,
            CHECK ((subject IS NULL) = (erased_at IS NOT NULL)),
            CHECK (erased_at IS NULL OR (name IS NULL AND contact IS NULL))
        )
        """,
    )
    grant(op, "SELECT, INSERT, UPDATE", "person")
