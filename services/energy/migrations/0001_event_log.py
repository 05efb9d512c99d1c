"""The event log, its counter, and the stored answers to commands."""

from alembic import op

from shared.database import install

revision = "0001_event_log"
down_revision = None


def upgrade() -> None:
    install(op, "event_log_v1.sql")
