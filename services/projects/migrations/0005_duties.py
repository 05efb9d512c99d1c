"""What is owed and how it stands: entries, consequences, days that an operator has set."""

from alembic import op

from shared.database import grant, run_script

revision = "0005_duties"
down_revision = "0004_problems"

_TABLES = """
CREATE TABLE duty_day (
    plan   text NOT NULL,
    duty   text NOT NULL,
    period text NOT NULL,
    due_on date NOT NULL,
    PRIMARY KEY (plan, duty, period)
);
COMMENT ON TABLE duty_day IS 'Days of duties for which the plan prints none, as set by an operator.';

CREATE TABLE duty_entry (
    duty            text NOT NULL,
    region          text NOT NULL,
    period          text NOT NULL,
    received_on     date,
    evidence        text,
    waived          bool NOT NULL DEFAULT false,
    waiver_reason   text,
    reminded_on     date,
    reminded_before int,
    missed_on       date,
    PRIMARY KEY (duty, region, period)
);
COMMENT ON TABLE duty_entry IS
    'What was done about an occasion of a duty (报送台账). No row: nothing yet. What a monthly report or a '
    'document carries out stands in their own tables.';
COMMENT ON COLUMN duty_entry.reminded_before IS 'the newest reminder: so many days before the due day';

CREATE TABLE duty_consequence (
    duty         text NOT NULL,
    region       text NOT NULL,
    first_period text NOT NULL,
    last_period  text NOT NULL,
    periods      int  NOT NULL CHECK (periods > 1),
    consequence  text NOT NULL,
    drawn_on     date NOT NULL,
    PRIMARY KEY (duty, region, last_period)
);
COMMENT ON TABLE duty_consequence IS 'What so many periods missing in a row have led to, by the rule of the duty.';
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("duty_day", "duty_entry", "duty_consequence"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
