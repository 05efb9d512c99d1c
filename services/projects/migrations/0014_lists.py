"""Lists people live in: text to search, orders to sort by, and saved views (not in the log: nobody's facts)."""

from alembic import op

from shared.database import grant, run_script

revision = "0014_lists"
down_revision = "0013_measures"

_LISTS = """
ALTER TABLE project ADD COLUMN search text
    GENERATED ALWAYS AS (lower(name || ' ' || coalesce(enterprise_name, ''))) STORED;
COMMENT ON COLUMN project.search IS 'what a search for a text looks through';
CREATE INDEX project_by_total ON project (total_investment, project);
CREATE INDEX project_by_stage_day ON project (stage_on, project);
CREATE INDEX project_by_registered ON project (registered_on, project);
CREATE INDEX project_by_name ON project (name, project);
CREATE INDEX project_sums ON project (region) INCLUDE (total_investment, equipment_investment, bank_loan);

CREATE TABLE saved_view (
    subject  text NOT NULL,
    view     text NOT NULL,
    list     text NOT NULL,
    query    json NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (subject, view)
);
COMMENT ON TABLE saved_view IS 'Filters that somebody keeps: a preference, outside the log and not rebuilt.';
"""


def upgrade() -> None:
    run_script(op, _LISTS)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "saved_view")
