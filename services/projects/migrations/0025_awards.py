"""What appraisals of the cities have decided, as assessment says it, and the awards that funds pay."""

from alembic import op

from shared.database import grant, run_script

revision = "0025_awards"
down_revision = "0024_every_order"

_TABLES = """
CREATE TABLE appraised_city (
    plan        text NOT NULL,
    year        int NOT NULL,
    region      text NOT NULL,
    self_on     date,
    evidence    text,
    verified_on date,
    PRIMARY KEY (plan, year, region)
);
COMMENT ON TABLE appraised_city IS 'When a city assessed itself and was verified (自评、核查, TR-25): from assessment.';

CREATE TABLE award (
    award      text PRIMARY KEY,
    plan       text NOT NULL,
    year       int NOT NULL,
    region     text NOT NULL,
    edition    int NOT NULL,
    rank       int NOT NULL,
    amount     numeric(18, 2) NOT NULL,
    granted_on date NOT NULL,
    evidence   text NOT NULL,
    position   bigint NOT NULL
);
COMMENT ON TABLE award IS 'Awards as granted (奖励, TR-26), CNY: from assessment, by its newest edition.';

CREATE TABLE award_payment (
    award     text PRIMARY KEY,
    fund      text NOT NULL REFERENCES fund,
    region    text NOT NULL,
    reserved  numeric(18, 2) NOT NULL CHECK (reserved >= 0),
    committed numeric(18, 2) NOT NULL CHECK (committed >= 0),
    paid      numeric(18, 2) NOT NULL CHECK (paid >= 0),
    last_on   date NOT NULL
);
COMMENT ON TABLE award_payment IS 'What a fund holds or has paid for an award: one fund an award, by the key.';
"""


def upgrade() -> None:
    run_script(op, _TABLES)
    for table in ("appraised_city", "award", "award_payment"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
