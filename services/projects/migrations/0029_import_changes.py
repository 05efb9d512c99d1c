"""A spreadsheet may change what is known: what a row would change, and why, stands beside the import.

The widened check and the defaults let the release before go on writing as it does.
"""

from alembic import op

from shared.database import run_script

revision = "0029_import_changes"
down_revision = "0028_import_reading"

_CHANGES = """
ALTER TABLE import_job
    ADD COLUMN changing int NOT NULL DEFAULT 0,
    ADD COLUMN changed int NOT NULL DEFAULT 0,
    ADD COLUMN reason text;
COMMENT ON COLUMN import_job.changing IS 'rows of which the check found that they would change what is known';
COMMENT ON COLUMN import_job.reason IS 'why these changes are carried out; null: nobody has agreed to them';
ALTER TABLE import_row ADD COLUMN changes json NOT NULL DEFAULT '[]';
COMMENT ON COLUMN import_row.changes IS 'what it would change, as it was shown: field, column, old, new';
ALTER TABLE import_row
    DROP CONSTRAINT import_row_outcome_check,
    ADD CONSTRAINT import_row_outcome_check CHECK (outcome IN ('created', 'changed', 'unchanged', 'refused'));
ALTER TABLE file_imported ADD COLUMN changed int NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    run_script(op, _CHANGES)
