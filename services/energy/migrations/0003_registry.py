"""The registry's inline tables: what the service must read at once. Rebuilt from the own event log at any time."""

from alembic import op

from shared.database import grant, run_script

revision = "0003_registry"
down_revision = "0002_readings"

_TABLES = """
CREATE TABLE region (
    code         text PRIMARY KEY,
    plan         text NOT NULL,
    name         text NOT NULL,
    level        text NOT NULL,
    parent       text,
    administered bool NOT NULL,
    valid_from   date,
    valid_to     date,
    relations    jsonb NOT NULL DEFAULT '[]'
);
COMMENT ON TABLE region IS 'Regions (行政区划) of the loaded plans: whose figures an actor may see follows from it.';
COMMENT ON COLUMN region.relations IS 'dated relations beside the parent, e.g. 平潭 part_of 福州 (X-19)';

CREATE TABLE energy_rule (
    plan       text  NOT NULL,
    rule       text  NOT NULL CHECK (rule IN ('key_user', 'monitoring')),
    valid_from date  NOT NULL,
    valid_to   date  CHECK (valid_to >= valid_from),
    content    jsonb NOT NULL,
    PRIMARY KEY (rule, valid_from)
);
COMMENT ON TABLE energy_rule IS
    'Dated rules: from how many tce on one is a key energy user, after how many hours a feed is silent.';

CREATE TABLE enterprise (
    enterprise text PRIMARY KEY,
    name       text NOT NULL,
    region     text NOT NULL,
    industry   text NOT NULL,
    valid_from date NOT NULL
);
CREATE INDEX enterprise_by_region ON enterprise (region, enterprise);
COMMENT ON TABLE enterprise IS 'Enterprises (企业) as they were last known. `industry` is a GB/T 4754-2011 code.';

CREATE TABLE enterprise_region (
    enterprise text NOT NULL REFERENCES enterprise,
    valid_from date NOT NULL,
    region     text NOT NULL,
    PRIMARY KEY (enterprise, valid_from)
);
COMMENT ON TABLE enterprise_region IS
    'Where it lies from which day on: a day''s energy belongs to the region of that day.';

CREATE TABLE external_id (
    scheme     text NOT NULL CHECK (scheme IN ('org_code', 'uscc')),
    value      text NOT NULL,
    enterprise text NOT NULL REFERENCES enterprise,
    valid_from date NOT NULL,
    valid_to   date,
    PRIMARY KEY (scheme, value)
);
CREATE INDEX external_id_by_enterprise ON external_id (enterprise);
COMMENT ON TABLE external_id IS
    'Identifiers that others give (X-25). The key says that one never stands for two enterprises.';

CREATE TABLE key_user_list (
    year          int  PRIMARY KEY,
    basis         text NOT NULL CHECK (basis IN ('equal', 'equivalent')),
    source        text NOT NULL,
    revision      int  NOT NULL,
    revision_reason text,
    designated_at timestamptz NOT NULL
);
COMMENT ON TABLE key_user_list IS 'The list of key energy users (重点用能单位) of a year, in its last revision.';

CREATE TABLE key_user (
    year       int     NOT NULL REFERENCES key_user_list,
    enterprise text    NOT NULL REFERENCES enterprise,
    region     text    NOT NULL,
    tce        numeric NOT NULL,
    category   text    NOT NULL CHECK (category IN ('threshold', 'designated')),
    reason     text    NOT NULL,
    PRIMARY KEY (year, enterprise)
);
CREATE INDEX key_user_by_enterprise ON key_user (enterprise);
COMMENT ON TABLE key_user IS 'Who is on the list; tce a year by the list''s basis.';

CREATE TABLE meter (
    meter            text     PRIMARY KEY,
    enterprise       text     NOT NULL REFERENCES enterprise,
    carrier          text     NOT NULL,
    unit             text     NOT NULL,
    carrier_unit     text     NOT NULL,
    unit_factor      numeric  NOT NULL,
    kind             text     NOT NULL CHECK (kind IN ('register', 'interval')),
    serial           text     NOT NULL,
    ratio            numeric  NOT NULL,
    digits           int,
    capacity         numeric,
    interval_minutes int      NOT NULL,
    scope            smallint NOT NULL,
    statistic_types  smallint[] NOT NULL,
    calibrated_on    date,
    calibration_due  date,
    valid_from       timestamptz NOT NULL,
    counting_since   timestamptz NOT NULL,
    retired_at       timestamptz
);
CREATE INDEX meter_by_enterprise ON meter (enterprise, meter);
COMMENT ON TABLE meter IS 'Meters (计量器具) as they are now; how they were stands in `series` and in the log.';
COMMENT ON COLUMN meter.counting_since IS 'since when serial, ratio, digits and capacity hold';

CREATE TABLE measured_day (
    enterprise  text        NOT NULL,
    day         date        NOT NULL,
    revision    int         NOT NULL,
    measured_at timestamptz NOT NULL,
    figures     json        NOT NULL,
    PRIMARY KEY (enterprise, day)
);
COMMENT ON TABLE measured_day IS 'The last EnterpriseDayMeasured of each enterprise and day; `figures` is its data.';

CREATE TABLE feed_state (
    enterprise   text PRIMARY KEY REFERENCES enterprise,
    version      int  NOT NULL,
    silent_since timestamptz
);
COMMENT ON TABLE feed_state IS 'Which feeds are silent. `version` is that of the stream of the feed''s events.';

CREATE TABLE coverage_day (
    enterprise text NOT NULL REFERENCES enterprise,
    day        date NOT NULL,
    region     text NOT NULL,
    online     bool NOT NULL,
    reason     text NOT NULL,
    version    int  NOT NULL,
    PRIMARY KEY (enterprise, day)
);
CREATE INDEX coverage_day_by_day ON coverage_day (day);
COMMENT ON TABLE coverage_day IS 'Which day of which key user counts as online (在线监测, EN-14).';
"""

_RIGHTS = (
    ("SELECT, INSERT, UPDATE, DELETE", "region"),
    ("SELECT, INSERT, UPDATE, DELETE", "energy_rule"),
    ("SELECT, INSERT, UPDATE", "enterprise"),
    ("SELECT, INSERT, UPDATE", "enterprise_region"),
    ("SELECT, INSERT, UPDATE", "external_id"),
    ("SELECT, INSERT, UPDATE", "key_user_list"),
    ("SELECT, INSERT, UPDATE, DELETE", "key_user"),
    ("SELECT, INSERT, UPDATE", "meter"),
    ("SELECT, INSERT, UPDATE", "measured_day"),
    ("SELECT, INSERT, UPDATE", "feed_state"),
    ("SELECT, INSERT, UPDATE", "coverage_day"),
)


def upgrade() -> None:
    run_script(op, _TABLES)
    for privileges, target in _RIGHTS:
        grant(op, privileges, target)
