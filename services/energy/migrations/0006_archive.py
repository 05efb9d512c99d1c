"""Months of readings that were taken out of the database: a catalogue, and the line before which nothing changes."""

from alembic import op

from shared.database import grant, run_script

revision = "0006_archive"
down_revision = "0005_arrival_trace"

_EXPAND = """
CREATE TABLE reading_archive (
    month       date        PRIMARY KEY CHECK (month = date_trunc('month', month)),
    until_t     bigint      NOT NULL,
    state       text        NOT NULL CHECK (state IN ('closing', 'archived', 'restored')),
    file        text,
    rows        bigint,
    bytes       bigint,
    sha256      bytea       CHECK (length(sha256) = 32),
    changed_at  timestamptz NOT NULL
);
COMMENT ON TABLE reading_archive IS
    'Months of `reading` that lie in Parquet files. Of each only its last readings stay in the database, so that '
    'what comes after them is measured from them; sums stay as they are.';
COMMENT ON COLUMN reading_archive.until_t IS
    'end of the month in epoch seconds: readings up to it are not taken any more (quarantined), unless restored';
COMMENT ON COLUMN reading_archive.state IS
    'closing: nothing changes any more, the file is being written; archived: in the file alone; restored: back';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
    grant(op, "SELECT", "reading_archive")
