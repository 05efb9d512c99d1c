"""What was read of a spreadsheet and what was left out.

`reading` may be null: an import that an older release took has none.
"""

from alembic import op

from shared.database import run_script

revision = "0028_import_reading"
down_revision = "0027_reserve_drops"

_CHANGES = """
ALTER TABLE import_job ADD COLUMN reading json;
COMMENT ON COLUMN import_job.reading IS 'sheet, row of the headings, and what is not among the rows, in both languages';
"""


def upgrade() -> None:
    run_script(op, _CHANGES)
