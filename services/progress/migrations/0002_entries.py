"""Signed entries: a read-model that holds nothing yet gets the tables of shape 2."""

from alembic import op

from services.progress.measures.store.versions import install_empty

revision = "0002_entries"
down_revision = "0001_read_model"


def upgrade() -> None:
    install_empty(op)
