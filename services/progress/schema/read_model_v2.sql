-- The read-model of target progress, shape 2. Executed with a search_path of one schema, progress_v<N>: the
-- first by a migration, every later one by a rebuild beside the one that serves.
--
-- Everything but the counter and the checkpoint is append-only: what was known at any past moment is a
-- prefix of it (recorded_at), so any figure can be computed again as it was.

CREATE TABLE plan (
    source text NOT NULL, position bigint NOT NULL,
    plan text NOT NULL, data jsonb NOT NULL,
    event_id text NOT NULL, event_type text NOT NULL, hash text NOT NULL,
    occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, simulated boolean NOT NULL,
    PRIMARY KEY (source, position)
);

-- One row per region of a list; a plan's last list counts, as a whole.
CREATE TABLE region (
    source text NOT NULL, position bigint NOT NULL, ordinal int NOT NULL,
    plan text NOT NULL, code text NOT NULL, data jsonb NOT NULL, recorded_at timestamptz NOT NULL,
    PRIMARY KEY (source, position, ordinal)
);
CREATE INDEX region_last ON region (plan, position DESC);

-- A target as a whole after each event that touched it; the last one counts.
CREATE TABLE target (
    source text NOT NULL, position bigint NOT NULL, ordinal int NOT NULL,
    plan text NOT NULL, target text NOT NULL, region text NOT NULL, data jsonb NOT NULL,
    event_id text NOT NULL, event_type text NOT NULL, hash text NOT NULL,
    occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, simulated boolean NOT NULL,
    supersedes bigint,
    PRIMARY KEY (source, position, ordinal)
);
CREATE INDEX target_last ON target (plan, target, position DESC, ordinal DESC);

-- Where enterprises are and what they are called; the last row counts.
CREATE TABLE enterprise (
    source text NOT NULL, position bigint NOT NULL,
    enterprise text NOT NULL, name text NOT NULL, region text NOT NULL, recorded_at timestamptz NOT NULL,
    PRIMARY KEY (source, position)
);
CREATE INDEX enterprise_last ON enterprise (enterprise, position DESC);

-- What each event says about each measure. (source, measure, key) is what a later event can say anew:
-- `supersedes` is the position of the one before. Sources never supersede each other: their values are summed.
CREATE TABLE contribution (
    source text NOT NULL, position bigint NOT NULL, ordinal int NOT NULL,
    measure text NOT NULL, region text NOT NULL, period text NOT NULL, key text NOT NULL, subject text,
    value numeric, unit text NOT NULL, detail jsonb NOT NULL,
    event_id text NOT NULL, event_type text NOT NULL, hash text NOT NULL,
    occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, simulated boolean NOT NULL,
    supersedes bigint,
    PRIMARY KEY (source, position, ordinal)
);
CREATE INDEX contribution_last ON contribution (measure, source, key, position DESC, ordinal DESC);
CREATE INDEX contribution_period ON contribution (measure, period, subject, position DESC);
CREATE INDEX contribution_region ON contribution (measure, region, position);

-- What the tables count (ADR 0221): the question of each number, all of which this version has counted from the start.
CREATE TABLE counting (
    counting int PRIMARY KEY, definition text NOT NULL
);

-- Signed entries: what each event adds to a counting and what it takes back, never changed. The sum of the signs recorded
-- until a moment is what was counted then. `mark`: the contribution of the same event that shows it; none where an entry
-- takes back, or keeps a thing with several spans from counting twice.
CREATE TABLE entry (
    source text NOT NULL, position bigint NOT NULL, ordinal int NOT NULL,
    counting int NOT NULL, sign smallint NOT NULL, region bigint NOT NULL, thing bigint NOT NULL,
    day date NOT NULL, until date NOT NULL, member_from date NOT NULL, member_to date NOT NULL,
    amount numeric, reached date, mark int,
    recorded_at timestamptz NOT NULL, simulated boolean NOT NULL,
    PRIMARY KEY (source, position, ordinal)
);
CREATE INDEX entry_counted ON entry (counting, day, recorded_at)
    INCLUDE (sign, region, thing, until, member_from, member_to, amount, reached, simulated);
-- Sums read the index alone only where VACUUM has seen the pages; they are only ever added to.
ALTER TABLE entry SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 5000);

-- What has changed, numbered in the projection's transactions: the number is the id of the live stream.
CREATE TABLE change (
    seq bigint PRIMARY KEY,
    source text NOT NULL, position bigint NOT NULL, ordinal int NOT NULL,
    measure text, target text, region text NOT NULL, period text, subject text,
    event_type text NOT NULL, event_id text NOT NULL,
    occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL
);

-- One row, locked until commit: a sequence would let a reader pass a number that commits later.
CREATE TABLE change_counter (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq bigint NOT NULL DEFAULT 0
);
INSERT INTO change_counter DEFAULT VALUES;
