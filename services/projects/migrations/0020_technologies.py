"""Technologies: tags of a second level, each of a field."""

from alembic import op

from shared.database import run_script

revision = "0020_technologies"
down_revision = "0019_lists_at_scale"

_PARENT = """
ALTER TABLE tag ADD COLUMN parent text;
COMMENT ON COLUMN tag.parent IS 'the field that a technology is of; a project that carries it carries both';
"""


def upgrade() -> None:
    run_script(op, _PARENT)
