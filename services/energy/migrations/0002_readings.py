"""Readings: the store, the sums, what hangs beside them, and the reference rows that the hot path reads.

Quantities are int64 in 1e-3 of the carrier's unit. `t` is whole epoch seconds; an interval is (previous, t],
so a reading at 00:00 belongs to the day before. `h` is the hour number: (t - 1) / 3600, so hour h is
(3600 h, 3600 (h + 1)]. Boundaries are those of +08:00; a whole hour there is a whole hour in UTC.
"""

from alembic import op

from shared.database import grant, run_script

revision = "0002_readings"
down_revision = "0001_event_log"

_REFERENCE = """
CREATE TABLE reading_partition (
    p          smallint PRIMARY KEY,
    generation bigint   NOT NULL DEFAULT 1
);
COMMENT ON TABLE reading_partition IS
    'One row per partition of READINGS. Whoever changes readings, sums or the reference rows of a partition '
    'locks its row first: two transactions that touch one meter-hour would otherwise lose an update.';
COMMENT ON COLUMN reading_partition.generation IS
    'raised by every change of feed, series or coefficient; the worker reloads what is newer than it knows';
INSERT INTO reading_partition (p) SELECT generate_series(0, 3);

CREATE TABLE feed (
    enterprise      text     PRIMARY KEY CHECK (enterprise <> ''),
    region          text     NOT NULL,
    p               smallint NOT NULL REFERENCES reading_partition,
    quarantine_quota int     NOT NULL DEFAULT 100000 CHECK (quarantine_quota >= 0),
    quarantine_held  int     NOT NULL DEFAULT 0 CHECK (quarantine_held >= 0)
);
COMMENT ON TABLE feed IS 'An enterprise as the hot path sees it.';
COMMENT ON COLUMN feed.region IS 'code of the county or city it lies in; travels with EnergyLive';
COMMENT ON COLUMN feed.p IS 'its partition, for life: readings.<p>';
COMMENT ON COLUMN feed.quarantine_quota IS 'how many quarantined readings are kept for it';
COMMENT ON COLUMN feed.quarantine_held IS 'how many are kept';

CREATE TABLE device_credential (
    enterprise text        NOT NULL REFERENCES feed,
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz,
    label      text        NOT NULL DEFAULT '',
    PRIMARY KEY (enterprise, hash)
);
COMMENT ON TABLE device_credential IS
    'Who may push readings for an enterprise: "Authorization: Bearer <enterprise>.<secret>".';
COMMENT ON COLUMN device_credential.hash IS
    'sha256 of the secret, which is 32 random bytes and kept nowhere';
COMMENT ON COLUMN device_credential.valid_to IS
    'the first moment at which it is no longer valid; null: open';

CREATE TABLE carrier (
    carrier text PRIMARY KEY CHECK (carrier <> ''),
    name    text NOT NULL,
    unit    text NOT NULL
);
COMMENT ON TABLE carrier IS 'Energy carriers (能源品种), e.g. electricity 电力 in kWh.';
COMMENT ON COLUMN carrier.unit IS 'base unit in which quantities are kept: kWh, kg, m3 or MJ';

CREATE TABLE coefficient (
    id          int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    carrier     text        NOT NULL REFERENCES carrier,
    basis       text        NOT NULL CHECK (basis IN ('equal', 'equivalent', 'both')),
    enterprise  text        REFERENCES feed,
    value       numeric     NOT NULL CHECK (value >= 0 AND scale(value) <= 6 AND value < 1000000),
    edition     text        NOT NULL,
    valid_from  date        NOT NULL,
    valid_to    date        CHECK (valid_to >= valid_from),
    provisional bool        NOT NULL DEFAULT false,
    source      text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (carrier, basis, enterprise, valid_from, valid_to, value, edition, provisional)
);
COMMENT ON TABLE coefficient IS
    'Conversion to standard coal (折标准煤系数). Rows are never changed: an edit is a new row. A day''s figure '
    'names the row it was made with, and stays with it until a restatement is asked for.';
COMMENT ON COLUMN coefficient.basis IS
    'equal (当量), equivalent (等价), or both where the standard knows one value only';
COMMENT ON COLUMN coefficient.enterprise IS
    'null: for all; else this enterprise''s own measured value, taken first';
COMMENT ON COLUMN coefficient.value IS 'kgce per unit of the carrier, at most 6 decimals';
COMMENT ON COLUMN coefficient.valid_to IS 'last day of validity; null: open';
COMMENT ON COLUMN coefficient.recorded_at IS
    'of several that hold for a day, the one recorded last is taken';

CREATE TABLE series (
    s                int      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter            text     NOT NULL CHECK (meter <> ''),
    statistic_type   smallint NOT NULL DEFAULT 0 CHECK (statistic_type BETWEEN 0 AND 3),
    enterprise       text     NOT NULL REFERENCES feed,
    p                smallint NOT NULL REFERENCES reading_partition,
    carrier          text     NOT NULL REFERENCES carrier,
    unit             text     NOT NULL,
    scope            smallint NOT NULL DEFAULT 1 CHECK (scope BETWEEN 1 AND 4),
    kind             text     NOT NULL CHECK (kind IN ('register', 'interval')),
    interval_seconds int      NOT NULL DEFAULT 900 CHECK (interval_seconds > 0),
    ratio_num        bigint   NOT NULL DEFAULT 1 CHECK (ratio_num BETWEEN 1 AND 10000000),
    ratio_den        bigint   NOT NULL DEFAULT 1 CHECK (ratio_den BETWEEN 1 AND 1000000),
    modulus          bigint   CHECK (modulus > 0),
    capacity         bigint   CHECK (capacity BETWEEN 1 AND 1000000000000),
    resolution       bigint   NOT NULL DEFAULT 0 CHECK (resolution BETWEEN 0 AND 1000000000),
    valid_from       timestamptz NOT NULL,
    valid_to         timestamptz CHECK (valid_to > valid_from),
    generation       bigint   NOT NULL,
    CHECK (modulus IS NULL OR modulus < 4000000000000000000 / ratio_num),
    UNIQUE (meter, statistic_type, valid_from)
);
CREATE INDEX series_by_partition ON series (p, generation);
CREATE INDEX series_by_enterprise ON series (enterprise, carrier);
COMMENT ON TABLE series IS
    'One stretch of one meter''s readings of one statistic type over which nothing but the register changes. '
    'A change of ratio, digits, capacity or register closes the row and opens the next one.';
COMMENT ON COLUMN series.statistic_type IS
    '0 real-time 实时, 1 daily 日, 2 monthly 月, 3 yearly 年: never added (X-10)';
COMMENT ON COLUMN series.scope IS
    '1 plant 全厂, 2 process 工序, 3 unit 工序单元, 4 equipment 重点设备: never added (X-10). Enterprise sums hold '
    'scope 1 and statistic type 0 only';
COMMENT ON COLUMN series.unit IS
    'unit in which readings come; a batch that names another one is quarantined';
COMMENT ON COLUMN series.kind IS
    'register: a cumulative counter; interval: the quantity of the interval that ends at t';
COMMENT ON COLUMN series.interval_seconds IS
    'granularity: one reading is expected in each slot of this length';
COMMENT ON COLUMN series.ratio_num IS
    'energy = value x ratio_num / ratio_den, rounded down at each reading; the ratio holds the multiplier (倍率) '
    'and the step from the series'' unit to the carrier''s';
COMMENT ON COLUMN series.modulus IS
    'what the register counts up to before it shows 0, in 1e-3 of unit; null: never';
COMMENT ON COLUMN series.capacity IS
    'most that can pass in an hour, in 1e-3 unit after the ratio; null: not known, nothing is suspect';
COMMENT ON COLUMN series.resolution IS
    'smallest step of the register in 1e-3 of unit: granted on top of the capacity';
COMMENT ON COLUMN series.valid_from IS
    'readings at valid_from < t <= valid_to belong here; a reading at valid_from itself is the '
    'opening register';
COMMENT ON COLUMN series.generation IS 'generation of the partition in which the row was last changed';
"""

_STORE = """
CREATE TABLE reading (
    s  int    NOT NULL,
    t  bigint NOT NULL,
    rk bigint NOT NULL,
    v  bigint NOT NULL,
    e  bigint NOT NULL,
    PRIMARY KEY (s, t)
) PARTITION BY RANGE (t);
COMMENT ON TABLE reading IS 'What counts for each (series, time). Partitioned by month of +08:00.';
COMMENT ON COLUMN reading.rk IS
    'rank of the revision: 0 telemetry, a correction the microsecond it was reported at; greatest '
    '(rk, v) counts';
COMMENT ON COLUMN reading.v IS
    'register or quantity in 1e-3 unit, before the ratio; -1: voided by a correction';
COMMENT ON COLUMN reading.e IS
    'the part of the energy of (previous, t] that falls into the hour of t, in 1e-3 unit';

CREATE FUNCTION ensure_reading_month(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_month date := date_trunc('month', first_day)::date;
    v_name text := 'reading_' || to_char(v_month, 'YYYY_MM');
    v_from bigint := extract(epoch FROM v_month::timestamp AT TIME ZONE '+08:00'::interval)::bigint + 1;
    v_to bigint := extract(epoch FROM (v_month + interval '1 month') AT TIME ZONE '+08:00'::interval)::bigint + 1;
BEGIN
    IF v_month NOT BETWEEN DATE '2000-01-01' AND DATE '2099-12-01' THEN
        RAISE EXCEPTION 'no month of readings for %', first_day;
    END IF;
    PERFORM pg_advisory_xact_lock(7306);
    IF to_regclass('public.' || v_name) IS NOT NULL THEN
        RETURN;
    END IF;
    -- Made aside and attached: attaching doesn't stop those who write to other months.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.reading INCLUDING ALL,
        CONSTRAINT %I CHECK (t >= %s AND t < %s)) WITH (fillfactor = 95)',
        v_name, v_name || '_range', v_from, v_to);
    EXECUTE format('ALTER TABLE public.reading ATTACH PARTITION public.%I FOR VALUES FROM (%s) TO (%s)',
        v_name, v_from, v_to);
    EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT %I', v_name, v_name || '_range');
END $$;
REVOKE ALL ON FUNCTION ensure_reading_month FROM PUBLIC;
COMMENT ON FUNCTION ensure_reading_month IS
    'Makes the partition of a month, if it is not there: the one piece of DDL that the runtime role may cause.';

CREATE TABLE spill (
    s      int    NOT NULL,
    h      int    NOT NULL,
    e      bigint NOT NULL,
    spread bigint NOT NULL,
    PRIMARY KEY (s, h)
);
COMMENT ON TABLE spill IS
    'Pieces of intervals in hours other than the hour of their end; empty for aligned quarter-hours.';
COMMENT ON COLUMN spill.spread IS 'of e, what comes from intervals that span missing slots';

CREATE TABLE irregular (
    s      int    NOT NULL,
    t0     bigint NOT NULL,
    t      bigint NOT NULL,
    reason text   NOT NULL CHECK (reason IN ('jump', 'backwards', 'gap', 'rollover')),
    e      bigint NOT NULL,
    PRIMARY KEY (s, t)
);
COMMENT ON TABLE irregular IS
    'Intervals (t0, t] whose register difference is not, or not only, energy: hours + sum(e) = last - first.';
COMMENT ON COLUMN irregular.reason IS
    'jump: more than the capacity allows; backwards: the register fell and no rollover explains it; gap: over '
    '31 days; these are parked, none of their energy counts. rollover: counted, e is minus the modulus';

CREATE VIEW suspect AS SELECT s, t0, t, reason, e FROM irregular WHERE reason <> 'rollover';
COMMENT ON VIEW suspect IS 'Parked intervals, waiting for a correction or a confirmation.';

CREATE TABLE confirmed (
    s            int         NOT NULL,
    t0           bigint      NOT NULL,
    t            bigint      NOT NULL,
    verdict      text        NOT NULL CHECK (verdict IN ('so', 'rollover')),
    confirmed_by text        NOT NULL,
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (s, t0, t)
);
COMMENT ON TABLE confirmed IS
    'Parked intervals that a person has looked at. so: a jump or gap counts; rollover: a register '
    'that fell '
    'passed its highest value, although its capacity does not say so.';

CREATE TABLE history (
    s  int    NOT NULL,
    t  bigint NOT NULL,
    rk bigint NOT NULL,
    v  bigint NOT NULL,
    PRIMARY KEY (s, t, rk, v)
);
COMMENT ON TABLE history IS
    'Values that were received and do not count: a set, whatever the order of arrival.';

CREATE TABLE ent_hour (
    enterprise text   NOT NULL,
    carrier    text   NOT NULL,
    h          int    NOT NULL,
    native     bigint NOT NULL,
    spread     bigint NOT NULL,
    present    int    NOT NULL,
    PRIMARY KEY (enterprise, carrier, h)
);
COMMENT ON TABLE ent_hour IS
    'Energy per enterprise, carrier and hour; plant scope and real-time readings only.';
COMMENT ON COLUMN ent_hour.native IS 'in 1e-3 of the carrier''s unit';
COMMENT ON COLUMN ent_hour.spread IS 'of native, what comes from intervals that span missing slots';
COMMENT ON COLUMN ent_hour.present IS 'slots whose energy a reading tells; how many are expected follows from `series`';

CREATE TABLE ent_day (
    enterprise             text   NOT NULL,
    carrier                text   NOT NULL,
    day                    date   NOT NULL,
    native                 bigint NOT NULL,
    spread                 bigint NOT NULL,
    present                int    NOT NULL,
    coefficient_equal      int    REFERENCES coefficient,
    coefficient_equivalent int    REFERENCES coefficient,
    PRIMARY KEY (enterprise, carrier, day)
);
CREATE INDEX ent_day_by_carrier ON ent_day (carrier, day);
COMMENT ON TABLE ent_day IS
    'Energy per enterprise, carrier and day of +08:00; plant scope and real-time readings only.';
COMMENT ON COLUMN ent_day.coefficient_equal IS
    'the row its standard coal (and its hours'') is made with: tce = native x value / 1e6, exact and linear. Set '
    'when the day gets its first reading; changed by a restatement only. Null: none known, then tce is not known';

CREATE TABLE feed_day (
    enterprise        text        NOT NULL,
    day               date        NOT NULL,
    readings          int         NOT NULL,
    last_t            bigint      NOT NULL,
    first_received_at timestamptz NOT NULL,
    last_received_at  timestamptz NOT NULL,
    PRIMARY KEY (enterprise, day)
);
COMMENT ON TABLE feed_day IS
    'Arrival of real-time readings per enterprise and day they are for: what "online" rests on.';
COMMENT ON COLUMN feed_day.readings IS 'stored readings (duplicates and revisions apart)';
COMMENT ON COLUMN feed_day.first_received_at IS
    'a day counts as online by it: later backfill repairs completeness and never "online" (plan data 3.3, G-10)';

CREATE TABLE dirty (
    enterprise text        NOT NULL,
    day        date        NOT NULL,
    marks      bigint      NOT NULL DEFAULT 1,
    marked_at  timestamptz NOT NULL,
    PRIMARY KEY (enterprise, day)
);
COMMENT ON TABLE dirty IS 'Enterprise-days whose sums changed since they were last published.';
COMMENT ON COLUMN dirty.marked_at IS 'when the first of the marks was made, by the Clock';
"""

_DOOR = """
CREATE TABLE receipt_key (
    only_row bool  PRIMARY KEY DEFAULT true CHECK (only_row),
    key      bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
INSERT INTO receipt_key DEFAULT VALUES;
COMMENT ON TABLE receipt_key IS 'Seals the ids of receipts, so that a made-up one is told from a pending one.';

CREATE TABLE receipt (
    id           uuid        PRIMARY KEY,
    enterprise   text        NOT NULL,
    received_at  timestamptz NOT NULL,
    processed_at timestamptz NOT NULL,
    accepted     int         NOT NULL,
    duplicate    int         NOT NULL,
    revised      int         NOT NULL,
    superseded   int         NOT NULL,
    quarantined  int         NOT NULL,
    exceptions   jsonb       NOT NULL
);
CREATE INDEX receipt_by_age ON receipt (processed_at);
COMMENT ON TABLE receipt IS 'One row per POST, written with its readings; kept 30 days.';
COMMENT ON COLUMN receipt.exceptions IS
    'what was not simply accepted, as runs [first index, last index, outcome, reason]';

CREATE TABLE quarantine (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    enterprise     text        NOT NULL,
    meter          text        NOT NULL,
    statistic_type smallint    NOT NULL,
    t              bigint      NOT NULL,
    rk             bigint      NOT NULL,
    v              bigint      NOT NULL,
    unit           text        NOT NULL DEFAULT '',
    kind           text        NOT NULL DEFAULT '',
    interval_seconds int       NOT NULL DEFAULT 0,
    quality        text        NOT NULL DEFAULT '',
    reason         text        NOT NULL,
    receipt        uuid        NOT NULL,
    item           int         NOT NULL,
    received_at    timestamptz NOT NULL,
    quarantined_at timestamptz NOT NULL,
    state          text        NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'releasing', 'released')),
    release_at     timestamptz,
    published_at   timestamptz,
    UNIQUE (enterprise, meter, statistic_type, t, rk, v, unit, kind, interval_seconds, quality)
);
CREATE INDEX quarantine_waiting ON quarantine (enterprise, reason, meter, t) WHERE state = 'held';
CREATE INDEX quarantine_leaving ON quarantine (id) WHERE state = 'releasing';
COMMENT ON TABLE quarantine IS
    'Readings that could not be accepted: acknowledged, so that they do not block a device''s queue, and kept '
    'with the reason. The same reading again is not kept twice.';
COMMENT ON COLUMN quarantine.item IS 'index of the reading in its POST';
COMMENT ON COLUMN quarantine.release_at IS
    'the Clock''s time at the release: "ahead of the Clock" is judged by it then';
COMMENT ON COLUMN quarantine.published_at IS
    'system time at which the release was last put on READINGS again';

CREATE TABLE undecodable (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    p              smallint    NOT NULL,
    sequence       bigint      NOT NULL,
    reason         text        NOT NULL,
    body           bytea       NOT NULL,
    quarantined_at timestamptz NOT NULL
);
COMMENT ON TABLE undecodable IS
    'Messages on READINGS that no worker could read: kept whole, never in the way.';
"""

_RIGHTS = (
    ("SELECT, UPDATE", "reading_partition"),
    ("SELECT, INSERT, UPDATE", "feed"),
    ("SELECT, INSERT, UPDATE", "device_credential"),
    ("SELECT, INSERT, UPDATE", "carrier"),
    ("SELECT, INSERT", "coefficient"),
    ("SELECT, INSERT, UPDATE", "series"),
    ("SELECT, INSERT, UPDATE, DELETE", "reading"),
    ("EXECUTE", "FUNCTION ensure_reading_month"),
    ("SELECT, INSERT, UPDATE, DELETE", "spill"),
    ("SELECT, INSERT, UPDATE, DELETE", "irregular"),
    ("SELECT", "suspect"),
    ("SELECT, INSERT", "confirmed"),
    ("SELECT, INSERT", "history"),
    ("SELECT, INSERT, UPDATE", "ent_hour"),
    ("SELECT, INSERT, UPDATE", "ent_day"),
    ("SELECT, INSERT, UPDATE", "feed_day"),
    ("SELECT, INSERT, UPDATE, DELETE", "dirty"),
    ("SELECT", "receipt_key"),
    ("SELECT, INSERT, DELETE", "receipt"),
    ("SELECT, INSERT, UPDATE, DELETE", "quarantine"),
    ("SELECT, INSERT", "undecodable"),
)


def upgrade() -> None:
    for script in (_REFERENCE, _STORE, _DOOR):
        run_script(op, script)
    for privileges, target in _RIGHTS:
        grant(op, privileges, target)
