"""Quantities to the last digit, ranks from the queue, and what is parked beside every sum.

Values were integers in 1/1000 of the meter's unit and energy in 1/1000 of the carrier's, cut downwards. From here on a
value is an integer in 1e-6 of its unit, energy one in the series' step, and sums are decimals in the carrier's unit.
This rewrites every reading, and the release before can neither read nor write what comes out: stop its `energy` and
`energy-worker` first (docs/runbook.md, "Upgrade from 517f57c"). Devices notice nothing: their readings wait in the
queue. Everything happens in one transaction; where it refuses, nothing has changed.
"""

from alembic import op

from shared.database import grant, run_script

revision = "0012_exact"
down_revision = "0011_unreadable"

_CHECKS = """
DO $$
DECLARE
    v_found text;
BEGIN
    SELECT string_agg(DISTINCT application_name, ', ') INTO v_found FROM pg_stat_activity
    WHERE datname = current_database() AND application_name IN ('energy', 'energy-worker');
    IF v_found IS NOT NULL THEN
        RAISE EXCEPTION 'the release before still works here: %', v_found
            USING HINT = 'Stop energy and energy-worker, then migrate again; the doors may go on.';
    END IF;
    SELECT format('meter %s in %s', meter, unit) INTO v_found FROM series
    WHERE scale(trim_scale(ratio_num::numeric / ratio_den)) > 6 LIMIT 1;
    IF v_found IS NOT NULL THEN
        RAISE EXCEPTION 'a ratio has too many decimals to be counted exactly: %', v_found
            USING HINT = 'Change the meter''s ratio with the release that is installed, to one of fewer decimals.';
    END IF;
    SELECT format('meter %s (type %s) at %s', x.meter, x.statistic_type, to_timestamp(r.t)) INTO v_found
    FROM reading r JOIN series x USING (s)
    WHERE r.v >= 4611686018427387
       OR abs(r.e * 1000.0 * 10 ^ scale(trim_scale(x.ratio_num::numeric / x.ratio_den))) > 2 ^ 62
    LIMIT 1;
    IF v_found IS NOT NULL THEN
        RAISE EXCEPTION 'a stored reading is too large to be held exactly: %', v_found
            USING HINT = 'Void it with the release that is installed (a correction without a value), then upgrade.';
    END IF;
END $$;
"""

# A column that the sums' old code names is renamed: a process of the release before, started by mistake, fails; it
# would take decimals for thousandths.
_SERIES = """
ALTER TABLE series ADD COLUMN factor numeric NOT NULL DEFAULT 1 CHECK (factor > 0 AND scale(trim_scale(factor)) <= 6);
UPDATE series SET factor = trim_scale(ratio_num::numeric / ratio_den);
ALTER TABLE series ALTER COLUMN factor DROP DEFAULT,
    ADD COLUMN step numeric GENERATED ALWAYS AS
        (trim_scale(power(10::numeric, (-6 - scale(trim_scale(factor)))::numeric))) STORED,
    ADD COLUMN recount bool NOT NULL DEFAULT false,
    DROP CONSTRAINT series_capacity_check, DROP CONSTRAINT series_modulus_check,
    DROP CONSTRAINT series_resolution_check;
UPDATE series SET recount = true WHERE ratio_den <> 1;
ALTER TABLE series DROP COLUMN ratio_num, DROP COLUMN ratio_den;
ALTER TABLE series
    ALTER COLUMN modulus TYPE numeric USING trim_scale(modulus / 1000.0),
    ALTER COLUMN capacity TYPE numeric USING trim_scale(capacity / 1000.0),
    ALTER COLUMN resolution DROP DEFAULT,
    ALTER COLUMN resolution TYPE numeric USING trim_scale(resolution / 1000.0),
    ALTER COLUMN resolution SET DEFAULT 0,
    ADD CHECK (modulus > 0 AND modulus <= 1000000000000),
    ADD CHECK (capacity > 0),
    ADD CHECK (resolution BETWEEN 0 AND 1000000);
COMMENT ON COLUMN series.factor IS
    'energy = value x factor: the multiplier (倍率) times how many of the carrier''s unit one of `unit` is';
COMMENT ON COLUMN series.step IS
    'what 1 of reading.e is in the carrier''s unit: so small that value x factor is whole';
COMMENT ON COLUMN series.recount IS
    'its energy was cut downwards by release 517f57c and waits for being worked out again (readings.recount)';
COMMENT ON COLUMN series.modulus IS 'what the register counts up to before it shows 0, in `unit`; null: never';
COMMENT ON COLUMN series.capacity IS
    'most that can pass in an hour, in the carrier''s unit; null: not known';
COMMENT ON COLUMN series.resolution IS
    'smallest step of the register in `unit`: granted on top of the capacity';
"""

_READINGS = """
ALTER TABLE reading
    ALTER COLUMN v TYPE bigint USING CASE WHEN v < 0 THEN v ELSE v * 1000 END,
    ALTER COLUMN rk TYPE bigint USING CASE WHEN rk > 0 THEN 4611686018427387904 + rk * 1024 ELSE 0 END,
    ALTER COLUMN e TYPE bigint USING e * 1000;
UPDATE reading r SET e = r.e * (0.000001 / x.step)::bigint FROM series x WHERE x.s = r.s AND x.step < 0.000001;
UPDATE spill p SET e = p.e * 1000 * (0.000001 / x.step)::bigint, spread = p.spread * 1000 * (0.000001 / x.step)::bigint
FROM series x WHERE x.s = p.s;
COMMENT ON COLUMN reading.rk IS
    'its rank: the place in the queue, or above it the time of a correction''s report; the greatest counts';
COMMENT ON COLUMN reading.v IS
    'register or quantity in 1e-6 unit, before the factor; -1: voided by a correction';
COMMENT ON COLUMN reading.e IS
    'the part of the energy of (previous, t] that falls into the hour of t, in the series'' step';
ALTER TABLE history
    ALTER COLUMN v TYPE bigint USING
        CASE WHEN v < 0 THEN v WHEN v >= 4611686018427387 THEN 4611686018427387904 ELSE v * 1000 END,
    ALTER COLUMN rk TYPE bigint USING CASE WHEN rk > 0 THEN 4611686018427387904 + rk * 1024 ELSE 0 END;

ALTER TABLE reading_partition ADD COLUMN milli_until bigint NOT NULL DEFAULT 0;
UPDATE reading_partition SET milli_until = greatest((SELECT max(t) FROM reading), extract(epoch FROM now())::bigint)
WHERE EXISTS (SELECT FROM reading) OR EXISTS (SELECT FROM reading_archive);
COMMENT ON COLUMN reading_partition.milli_until IS
    'intervals that end up to here are cut at hours in whole 1/1000 of the carrier''s unit, as 517f57c has stored them';

DROP VIEW suspect;
ALTER TABLE irregular ALTER COLUMN e TYPE numeric USING trim_scale(e / 1000.0), DROP CONSTRAINT irregular_reason_check,
    ADD CONSTRAINT irregular_reason_check CHECK (reason IN ('jump', 'backwards', 'gap', 'rollover', 'beyond'));
CREATE VIEW suspect AS SELECT s, t0, t, reason, e FROM irregular WHERE reason <> 'rollover';
COMMENT ON VIEW suspect IS 'Parked intervals, waiting for a correction or a confirmation.';
COMMENT ON COLUMN irregular.e IS 'what is not energy, in the carrier''s unit';
COMMENT ON COLUMN irregular.reason IS
    'jump: more than the capacity allows; backwards: the register fell and no rollover explains it; gap: over '
    '31 days; beyond: more than anybody uses; these are parked, none of their energy counts. rollover: counted, e '
    'is minus the modulus';
"""

_SUMS = """
ALTER TABLE ent_hour RENAME COLUMN spread TO over_gaps;
ALTER TABLE ent_hour ALTER COLUMN native TYPE numeric USING trim_scale(native / 1000.0),
    ALTER COLUMN over_gaps TYPE numeric USING trim_scale(over_gaps / 1000.0),
    ADD COLUMN parked numeric NOT NULL DEFAULT 0, ADD COLUMN parked_intervals int NOT NULL DEFAULT 0;
ALTER TABLE ent_day RENAME COLUMN spread TO over_gaps;
ALTER TABLE ent_day ALTER COLUMN native TYPE numeric USING trim_scale(native / 1000.0),
    ALTER COLUMN over_gaps TYPE numeric USING trim_scale(over_gaps / 1000.0),
    ADD COLUMN parked numeric NOT NULL DEFAULT 0, ADD COLUMN parked_intervals int NOT NULL DEFAULT 0;
COMMENT ON COLUMN ent_hour.native IS 'in the carrier''s unit, exact';
COMMENT ON COLUMN ent_hour.over_gaps IS 'of native, what comes from intervals that span missing slots';
COMMENT ON COLUMN ent_hour.parked IS 'energy of intervals that end here and count nowhere, see `suspect`';
COMMENT ON COLUMN ent_hour.parked_intervals IS 'how many they are; their slots are not present';

CREATE TEMPORARY TABLE parked_before ON COMMIT DROP AS
SELECT x.enterprise, x.carrier, ((i.t - 1) / 3600)::int AS h, i.e,
       CASE WHEN x.kind = 'register' THEN (i.t0 + 28799) / x.interval_seconds < (i.t + 28799) / x.interval_seconds
            ELSE NOT EXISTS (SELECT FROM reading r WHERE r.s = i.s AND r.t < i.t AND r.v >= 0
                AND r.t > i.t - x.interval_seconds
                AND (r.t + 28799) / x.interval_seconds = (i.t + 28799) / x.interval_seconds) END AS present
FROM suspect i JOIN series x USING (s) WHERE x.statistic_type = 0 AND x.scope = 1;
INSERT INTO ent_hour AS o (enterprise, carrier, h, native, over_gaps, present, parked, parked_intervals)
SELECT enterprise, carrier, h, 0, 0, -count(*) FILTER (WHERE present), trim_scale(sum(e)), count(*)
FROM parked_before GROUP BY 1, 2, 3
ON CONFLICT (enterprise, carrier, h) DO UPDATE SET present = o.present + excluded.present,
    parked = excluded.parked, parked_intervals = excluded.parked_intervals;
CREATE TEMPORARY TABLE parked_days ON COMMIT DROP AS
SELECT enterprise, carrier, (to_timestamp(h * 3600::bigint) AT TIME ZONE interval '8 hours')::date AS day,
       -count(*) FILTER (WHERE present) AS present, trim_scale(sum(e)) AS e, count(*) AS intervals
FROM parked_before GROUP BY 1, 2, 3;
INSERT INTO ent_day AS d (enterprise, carrier, day, native, over_gaps, present, parked, parked_intervals)
SELECT enterprise, carrier, day, 0, 0, present, e, intervals FROM parked_days
ON CONFLICT (enterprise, carrier, day) DO UPDATE SET present = d.present + excluded.present,
    parked = excluded.parked, parked_intervals = excluded.parked_intervals;
INSERT INTO dirty (enterprise, day, marked_at) SELECT DISTINCT enterprise, day, now() FROM parked_days
ON CONFLICT (enterprise, day) DO UPDATE SET marks = dirty.marks + 1;
"""

_DOOR = """
ALTER TABLE receipt ADD COLUMN parked int NOT NULL DEFAULT 0;
COMMENT ON COLUMN receipt.parked IS 'readings that are stored, and whose energy waits for somebody to look at it';

ALTER TABLE quarantine DROP CONSTRAINT quarantine_enterprise_meter_statistic_type_t_rk_v_unit_kind_key;
ALTER TABLE quarantine
    ALTER COLUMN v TYPE bigint USING
        CASE WHEN v = -1 THEN v WHEN abs(v) >= 4611686018427387 THEN sign(v)::bigint * 4611686018427387904
             ELSE v * 1000 END,
    ALTER COLUMN rk TYPE bigint USING CASE WHEN rk > 0 THEN 4611686018427387904 + rk * 1024 ELSE 0 END;
CREATE UNIQUE INDEX quarantine_once ON quarantine (enterprise, meter, statistic_type, t, v, unit, kind,
    interval_seconds, quality, (CASE WHEN rk >= 4611686018427387904 THEN rk ELSE 0 END));
COMMENT ON COLUMN quarantine.rk IS 'its rank, see reading: what is released keeps it';

CREATE TABLE reading_stream (
    number  smallint    PRIMARY KEY CHECK (number BETWEEN 0 AND 63),
    created timestamptz NOT NULL UNIQUE
);
COMMENT ON TABLE reading_stream IS
    'The streams READINGS that there have been: one that is made anew begins at sequence 1 again, and its number '
    'keeps the ranks of its readings above those of the one before.';
"""


def upgrade() -> None:
    for script in (_CHECKS, _SERIES, _READINGS, _SUMS, _DOOR):
        run_script(op, script)
    grant(op, "SELECT", "suspect")
    grant(op, "SELECT, INSERT", "reading_stream")
