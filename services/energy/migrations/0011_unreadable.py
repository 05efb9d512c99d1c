"""A message that nobody could read can be acknowledged: its alert ends, and who looked at it stands beside it."""

from alembic import op

from shared.database import grant, run_script

revision = "0011_unreadable"
down_revision = "0010_door_role"

_EXPAND = """
ALTER TABLE undecodable
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN acknowledged_by text,
    ADD COLUMN acknowledged_because text;
COMMENT ON COLUMN undecodable.acknowledged_at IS 'system time at which an operator said that it has been looked at';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
    grant(op, "UPDATE (acknowledged_at, acknowledged_by, acknowledged_because)", "undecodable")
