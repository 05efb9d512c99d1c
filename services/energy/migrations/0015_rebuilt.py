"""The registry's tables can be rebuilt from the log by the service itself, as the other services' can.

`key_user_list.designated_at` isn't written any more: when a list was designated stands in the log.
"""

from alembic import op

from shared.database import grant

revision = "0015_rebuilt"
down_revision = "0014_whole_registers"

_KEPT_SO_FAR = (
    "enterprise",
    "enterprise_region",
    "external_id",
    "key_user_list",
    "meter",
    "measured_day",
    "feed_state",
    "coverage_day",
)
"""Tables from which the service couldn't delete yet."""


def upgrade() -> None:
    op.execute("ALTER TABLE key_user_list ALTER COLUMN designated_at DROP NOT NULL")
    op.execute(
        "COMMENT ON COLUMN key_user_list.designated_at IS 'written by releases before 0015; nobody reads it'"
    )
    for table in _KEPT_SO_FAR:
        grant(op, "DELETE", table)
