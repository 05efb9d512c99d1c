"""A partition knows who wrote it last: a worker whose memory is older than another's commit finds out."""

from alembic import op

from shared.database import run_script

revision = "0007_writer"
down_revision = "0006_archive"

_EXPAND = """
ALTER TABLE reading_partition ADD COLUMN writer uuid;
COMMENT ON COLUMN reading_partition.writer IS
    'the worker that committed last: another one starts from the database, not from its memory';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
