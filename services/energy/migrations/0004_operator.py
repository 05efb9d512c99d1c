"""What an operator needs: a dropped reading is a state of its own, and a mark remembers whose trace it continues."""

from alembic import op

from shared.database import run_script

revision = "0004_operator"
down_revision = "0003_registry"

_EXPAND = """
ALTER TABLE quarantine DROP CONSTRAINT quarantine_state_check;
ALTER TABLE quarantine ADD CONSTRAINT quarantine_state_check
    CHECK (state IN ('held', 'releasing', 'released', 'dropped')) NOT VALID;
ALTER TABLE quarantine VALIDATE CONSTRAINT quarantine_state_check;

ALTER TABLE dirty ADD COLUMN traceparent text;
COMMENT ON COLUMN dirty.traceparent IS
    'of the batch that changed the day last: links the event of the day to the readings behind it';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
