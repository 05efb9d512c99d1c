"""Which version of the read-model serves, and its first version."""

from alembic import op

from services.progress.measures.store.versions import install_first

revision = "0001_read_model"
down_revision = None


def upgrade() -> None:
    install_first(op)
