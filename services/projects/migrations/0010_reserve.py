"""The reserve library (技改项目储备库): the newest look at each stay, and the newest screening of each project."""

from alembic import op

from shared.database import grant, run_script

revision = "0010_reserve"
down_revision = "0009_cohorts"

_TABLES = """
CREATE TABLE reserve_update (
    project          text NOT NULL,
    register         text NOT NULL,
    quarter          text NOT NULL CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
    action           text NOT NULL,
    on_day           date NOT NULL,
    reason           text NOT NULL,
    total_investment numeric(18, 2) NOT NULL,
    PRIMARY KEY (project, register)
);
COMMENT ON TABLE reserve_update IS 'The newest quarterly update (按季度更新, TR-18) of each stay in the library.';

CREATE TABLE screening (
    project     text NOT NULL,
    scheme      text NOT NULL,
    recommended bool NOT NULL,
    on_day      date NOT NULL,
    PRIMARY KEY (project, scheme)
);
COMMENT ON TABLE screening IS 'The newest screening (筛选, TR-13) of a project for a special fund.';
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("reserve_update", "screening"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
