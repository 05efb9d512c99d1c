"""What became of a duty's consequence: carried out, lifted."""

from alembic import op

from shared.database import run_script

revision = "0018_consequences"
down_revision = "0017_late_contracts"

_COLUMNS = """
ALTER TABLE duty_consequence
    ADD COLUMN carried_out_on  date,
    ADD COLUMN evidence        text,
    ADD COLUMN document_period text,
    ADD COLUMN lifted_on       date,
    ADD COLUMN lift_reason     text;
COMMENT ON COLUMN duty_consequence.document_period IS 'of the bulletin that names the region';
"""


def upgrade() -> None:
    run_script(op, _COLUMNS)
