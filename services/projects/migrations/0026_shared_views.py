"""Saved views that their owner shares: with his office, or with the governments below it too."""

from alembic import op

from shared.database import run_script

revision = "0026_shared_views"
down_revision = "0025_awards"

_SHARED = """
ALTER TABLE saved_view
    ADD COLUMN shared text NOT NULL DEFAULT 'nobody',
    ADD COLUMN role text,
    ADD COLUMN area text,
    ADD COLUMN organisation text;
COMMENT ON COLUMN saved_view.shared IS 'With whom: nobody, office (the same role and region), below (and under it).';
COMMENT ON COLUMN saved_view.area IS 'Of the owner when it was shared last; so role and organisation.';
CREATE INDEX saved_view_shared ON saved_view (area) WHERE shared <> 'nobody';
"""


def upgrade() -> None:
    run_script(op, _SHARED)
