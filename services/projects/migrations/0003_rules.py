"""A plan's dated rules and programme tags, as inline tables."""

from alembic import op

from shared.database import grant, run_script

revision = "0003_rules"
down_revision = "0002_projects"

_TABLES = """
CREATE TABLE rule (
    plan       text NOT NULL,
    rule       text NOT NULL,
    valid_from date NOT NULL,
    rule_data  json NOT NULL,
    PRIMARY KEY (plan, rule, valid_from)
);
COMMENT ON TABLE rule IS 'Dated rules for projects, as loaded: factors, limits, thresholds, spans of days.';

CREATE TABLE tag (
    plan      text NOT NULL,
    tag       text NOT NULL,
    programme text NOT NULL,
    name      text NOT NULL,
    term      text NOT NULL,
    rows      text[] NOT NULL,
    PRIMARY KEY (plan, tag)
);
COMMENT ON TABLE tag IS 'Programme tags that projects carry (X-9).';
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("rule", "tag"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
