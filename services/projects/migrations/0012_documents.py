"""Documents (月通报, 季调度) as their list shows them."""

from alembic import op

from shared.database import grant, run_script

revision = "0012_documents"
down_revision = "0011_imports"

_TABLE = """
CREATE TABLE document (
    document     text PRIMARY KEY,
    kind         text NOT NULL,
    period       text NOT NULL,
    standing     text NOT NULL,
    as_of        date NOT NULL,
    region       text,
    year         int,
    number       int,
    label        text,
    issued_on    date,
    corrects     text,
    corrected_by text,
    UNIQUE (kind, year, number)
);
COMMENT ON TABLE document IS 'Monthly bulletins and quarterly dispatches; what they say stands in their events.';
CREATE UNIQUE INDEX document_period ON document (kind, period)
    WHERE corrects IS NULL AND standing <> 'discarded';
CREATE UNIQUE INDEX document_correction ON document (corrects) WHERE standing <> 'discarded';
"""


def upgrade() -> None:
    run_script(op, _TABLE)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "document")
