"""Reporting months (报告期): what the province closed and reopened."""

from alembic import op

from shared.database import grant, run_script

revision = "0015_reporting_months"
down_revision = "0014_lists"

_TABLE = """
CREATE TABLE reporting_month (
    month      text PRIMARY KEY,
    closed_on  date,
    reason     text NOT NULL,
    reopenings json NOT NULL
);
COMMENT ON TABLE reporting_month IS 'Months that the province closed or reopened; the others go by the rule.';
COMMENT ON COLUMN reporting_month.reason IS 'of the newest act';
COMMENT ON COLUMN reporting_month.reopenings IS 'consents since the last closing: region or null, until, reason';
"""


def upgrade() -> None:
    run_script(op, _TABLE)
    grant(op, "SELECT, INSERT, UPDATE, DELETE", "reporting_month")
