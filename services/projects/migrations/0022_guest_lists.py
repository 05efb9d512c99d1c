"""Key firms invited to signing ceremonies (PM-12, PM-18)."""

from alembic import op

from shared.database import grant, run_script

revision = "0022_guest_lists"
down_revision = "0021_energy_savings"

_TABLE = """
CREATE TABLE invitation (
    ceremony    text NOT NULL,
    firm        text NOT NULL,
    name        text NOT NULL,
    region      text NOT NULL,
    categories  text[] NOT NULL,
    invited_on  date NOT NULL,
    attends     bool,
    answered_on date,
    reason      text NOT NULL,
    PRIMARY KEY (ceremony, firm)
);
COMMENT ON TABLE invitation IS 'Key firms that cities invite to a signing ceremony (参会重点民营企业名单).';
COMMENT ON COLUMN invitation.attends IS 'null: nothing was heard';
"""


def upgrade() -> None:
    run_script(op, _TABLE)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "invitation")
