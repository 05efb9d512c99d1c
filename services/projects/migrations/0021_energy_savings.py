"""What projects should save in a year, and what they were found to save."""

from alembic import op

from shared.database import run_script

revision = "0021_energy_savings"
down_revision = "0020_technologies"

_SAVINGS = """
ALTER TABLE project
    ADD COLUMN saving_expected numeric,
    ADD COLUMN saving_verified numeric;
COMMENT ON COLUMN project.saving_expected IS 'tce a year, as last stated; null: nothing was';
COMMENT ON COLUMN project.saving_verified IS 'tce a year, as last verified; null: nothing was';
"""


def upgrade() -> None:
    run_script(op, _SAVINGS)
