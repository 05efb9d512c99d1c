"""Changes of a meter that can be corrected and undone: its life beside what holds now; verdicts that can go."""

from alembic import op

from shared.database import grant, run_script

revision = "0008_repairs"
down_revision = "0007_writer"

_EXPAND = """
ALTER TABLE meter ADD COLUMN modulus numeric, ADD COLUMN life json;
COMMENT ON COLUMN meter.modulus IS
    'what the register counts up to before it shows 0, where that is no power of ten; null: see digits';
COMMENT ON COLUMN meter.life IS
    'registration and changes as the log folds them, so that a change entered late finds its place; null: no change '
    'since the release that brought this column';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
    grant(op, "DELETE", "confirmed")
