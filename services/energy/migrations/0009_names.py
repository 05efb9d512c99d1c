"""Names under which devices send, where they aren't the meters' ids; and what they sent, where no column holds it."""

from alembic import op

from shared.database import grant, run_script

revision = "0009_names"
down_revision = "0008_repairs"

_EXPAND = """
ALTER TABLE quarantine ADD COLUMN sent_time text, ADD COLUMN sent_value text;
COMMENT ON COLUMN quarantine.sent_time IS 'the time as it was sent, where t can''t hold it';
COMMENT ON COLUMN quarantine.sent_value IS 'the value as it was sent, where v can''t hold it';

CREATE TABLE meter_alias (
    enterprise text NOT NULL,
    alias      text NOT NULL CHECK (alias <> ''),
    meter      text NOT NULL REFERENCES meter,
    PRIMARY KEY (enterprise, alias)
);
COMMENT ON TABLE meter_alias IS
    'Names (表计别名) by which an enterprise''s devices send readings of a meter, as their vendor knows it.';
"""


def upgrade() -> None:
    run_script(op, _EXPAND)
    grant(op, "SELECT, INSERT, DELETE", "meter_alias")
