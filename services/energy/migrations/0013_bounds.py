"""From when on a carrier's bound is asked, and a short way to what waits in quarantine.

What was counted without a bound stays counted: a later change near it must take away what was added. So in a store
that has readings the bounds hold for what comes after the upgrade.
"""

from alembic import op

from shared.database import run_script

revision = "0013_bounds"
down_revision = "0012_exact"

_EXPAND = """
ALTER TABLE reading_partition ADD COLUMN unbounded_until bigint NOT NULL DEFAULT 0;
UPDATE reading_partition
SET unbounded_until = greatest((SELECT max(t) FROM reading), extract(epoch FROM now())::bigint)
WHERE EXISTS (SELECT FROM reading) OR EXISTS (SELECT FROM reading_archive);
COMMENT ON COLUMN reading_partition.unbounded_until IS
    'intervals that end up to here (epoch seconds) were counted before there were bounds by carrier, and know none';

CREATE INDEX quarantine_unsettled ON quarantine (enterprise, t) WHERE state <> 'released';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
