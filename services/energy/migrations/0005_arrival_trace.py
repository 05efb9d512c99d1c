"""A day's first arrival remembers its trace: "online" can be followed back to the push that it rests on."""

from alembic import op

from shared.database import run_script

revision = "0005_arrival_trace"
down_revision = "0004_operator"

_EXPAND = """
ALTER TABLE feed_day ADD COLUMN traceparent text;
COMMENT ON COLUMN feed_day.traceparent IS
    'of the batch that brought the day''s first reading: links the day''s verdict to it';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
