"""Funds (专项资金) and the applications to them. Money is CNY (yuan); a base may be tce a year instead."""

from alembic import op

from shared.database import grant, run_script

revision = "0007_money"
down_revision = "0006_matching_steps"

_MONEY = """
CREATE TABLE fund (
    fund         text PRIMARY KEY,
    name         text NOT NULL,
    region       text NOT NULL,
    purpose      text NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date NOT NULL,
    source       text NOT NULL,
    appropriated numeric(18, 2) NOT NULL,
    reserved     numeric(18, 2) NOT NULL CHECK (reserved >= 0),
    committed    numeric(18, 2) NOT NULL CHECK (committed >= 0),
    paid         numeric(18, 2) NOT NULL CHECK (paid >= 0),
    CONSTRAINT fund_not_overdrawn CHECK (reserved + committed + paid <= appropriated)
);
COMMENT ON TABLE fund IS 'Special funds (专项资金, TR-19 to TR-21) with their balance after the last entry.';

CREATE TABLE subsidy (
    fund         text NOT NULL REFERENCES fund,
    application  text NOT NULL,
    project      text NOT NULL,
    region       text NOT NULL,
    enterprise   text,
    aid          text NOT NULL,
    base_kind    text,
    base         numeric(18, 2),
    entitlement  numeric(18, 2) NOT NULL,
    reserved     numeric(18, 2) NOT NULL,
    committed    numeric(18, 2) NOT NULL,
    paid         numeric(18, 2) NOT NULL,
    closed       text,
    requested_on date NOT NULL,
    last_on      date NOT NULL,
    status       text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN closed IS NOT NULL THEN closed WHEN committed > 0 THEN 'committed'
             WHEN reserved > 0 THEN 'reserved' WHEN paid > 0 THEN 'paid' ELSE 'requested' END
    ) STORED,
    PRIMARY KEY (fund, application)
);
COMMENT ON TABLE subsidy IS 'Applications of projects to funds (贴息、补助), as lists show them.';
CREATE INDEX subsidy_project ON subsidy (project);
CREATE INDEX subsidy_region ON subsidy (region, fund, application);
CREATE INDEX subsidy_enterprise ON subsidy (enterprise) WHERE enterprise IS NOT NULL;
"""


def upgrade() -> None:
    run_script(op, _MONEY)
    for table in ("fund", "subsidy"):
        grant(op, "SELECT, INSERT, UPDATE, DELETE", table)
