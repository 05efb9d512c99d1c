"""How many items a measure has, and how many of them are done."""

from alembic import op

from shared.database import run_script

revision = "0016_measure_items"
down_revision = "0015_reporting_months"

_ITEMS = """
ALTER TABLE measure
    ADD COLUMN item_count int NOT NULL DEFAULT 0,
    ADD COLUMN items_done int NOT NULL DEFAULT 0;
COMMENT ON COLUMN measure.item_count IS 'named parts of the promise (分项), each with a follow-up of its own';
"""


def upgrade() -> None:
    run_script(op, _ITEMS)
