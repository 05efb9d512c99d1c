"""Imports of spreadsheets: jobs and their rows while they are worked on, and what was imported."""

from alembic import op

from shared.database import grant, run_script

revision = "0011_imports"
down_revision = "0010_reserve"

_TABLES = """
CREATE TABLE import_job (
    import      text PRIMARY KEY,
    kind        text NOT NULL,
    file_name   text NOT NULL,
    sha256      text NOT NULL,
    actor       json NOT NULL,
    subject     text NOT NULL,
    heading     json NOT NULL,
    rows        int  NOT NULL CHECK (rows >= 0),
    received    int  NOT NULL DEFAULT 0,
    standing    text NOT NULL CHECK (standing IN
                    ('receiving', 'checking', 'checked', 'running', 'finished', 'failed')),
    mode        text CHECK (mode IN ('all', 'good')),
    done        int  NOT NULL DEFAULT 0,
    faulty      int  NOT NULL DEFAULT 0,
    created     int  NOT NULL DEFAULT 0,
    unchanged   int  NOT NULL DEFAULT 0,
    refused     int  NOT NULL DEFAULT 0,
    opened_at   timestamptz NOT NULL,
    lease       text,
    lease_until timestamptz,
    attempt     bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE import_job IS 'Spreadsheets being imported: staging, not facts; the facts are the rows'' own events.';
COMMENT ON COLUMN import_job.lease IS 'the process that works on it, until lease_until (system time)';
CREATE INDEX import_job_waiting ON import_job (opened_at) WHERE standing IN ('checking', 'running');
CREATE INDEX import_job_subject ON import_job (subject, opened_at);

CREATE TABLE import_row (
    import  text NOT NULL REFERENCES import_job ON DELETE CASCADE,
    row     int  NOT NULL,
    cells   json NOT NULL,
    faults  json NOT NULL,
    outcome text CHECK (outcome IN ('created', 'unchanged', 'refused')),
    PRIMARY KEY (import, row)
);
COMMENT ON COLUMN import_row.row IS 'as the spreadsheet counts: its heading is row 1';
CREATE INDEX import_row_faulty ON import_row (import, row) WHERE faults::text <> '[]';

CREATE TABLE file_imported (
    import      text PRIMARY KEY,
    kind        text NOT NULL,
    file_name   text NOT NULL,
    sha256      text NOT NULL,
    mode        text NOT NULL,
    rows        int  NOT NULL,
    created     int  NOT NULL,
    unchanged   int  NOT NULL,
    refused     int  NOT NULL,
    "on"        date NOT NULL,
    imported_by text NOT NULL
);
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("import_job", "import_row", "file_imported"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
