-- The event log: the record, and the outbox. Executed by every event-sourced service's first migration.
--
-- `position` comes from a one-row counter, not from a sequence: a sequence is not an order, a reader that
-- remembers the last id would skip a lower one that commits later. The counter row also carries the last
-- hash and the last time, so that the log is a chain and "as of" is a prefix of it whatever the clock does.

CREATE TABLE event (
    position       bigint      PRIMARY KEY,
    stream         text        NOT NULL CHECK (stream ~ '^[^[:cntrl:]]{1,200}$'),
    version        int         NOT NULL CHECK (version > 0),
    type           text        NOT NULL CHECK (type ~ '^[A-Za-z0-9]{1,80}$'),
    schema_version int         NOT NULL CHECK (schema_version > 0),
    data           json        NOT NULL,
    metadata       json        NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    hash           bytea       NOT NULL,
    UNIQUE (stream, version)   -- the optimistic lock
);

CREATE TABLE event_counter (
    only_row    bool        PRIMARY KEY DEFAULT true CHECK (only_row),
    position    bigint      NOT NULL DEFAULT 0,
    hash        bytea       NOT NULL DEFAULT '\x',
    recorded_at timestamptz NOT NULL DEFAULT '-infinity',
    incarnation uuid        NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO event_counter DEFAULT VALUES;

-- The answers to commands, kept so that a repeat gets the same one.
CREATE TABLE command (
    actor        text        NOT NULL,
    command_id   text        NOT NULL,
    request_hash bytea       NOT NULL,
    answer       json        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (actor, command_id)
);

-- What the hash covers: the exact stored text of everything but the position, which the chain adds.
-- 0x1f can stand in none of the parts: JSON escapes it, the checks above keep it out of the rest.
CREATE FUNCTION event_digest(
    stream text, version int, type text, schema_version int,
    occurred_at timestamptz, recorded_at timestamptz, data text, metadata text
) RETURNS bytea LANGUAGE sql STABLE STRICT AS $$
    SELECT sha256(convert_to(concat_ws(E'\x1f', stream, version, type, schema_version,
        (extract(epoch FROM occurred_at) * 1000000)::bigint,
        (extract(epoch FROM recorded_at) * 1000000)::bigint, data, metadata), 'UTF8'))
$$;

-- Appends all events of one command in one statement; only COMMIT should follow it, because the counter
-- stays locked until then. SECURITY DEFINER: the runtime role may append, and nothing else.
CREATE FUNCTION append_events(
    p_now timestamptz, p_streams text[], p_versions int[], p_types text[], p_schema_versions int[],
    p_data text[], p_metadata text, p_occurred_at timestamptz[]
) RETURNS TABLE (first_position bigint, last_position bigint, recorded_at timestamptz, hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_counter public.event_counter;
    v_position bigint;
    v_hash bytea;
    v_hashes bytea[] := '{}';
    v_recorded_at timestamptz;
BEGIN
    SELECT * INTO STRICT v_counter FROM public.event_counter FOR UPDATE;
    v_position := v_counter.position;
    v_hash := v_counter.hash;
    v_recorded_at := greatest(v_counter.recorded_at, p_now);
    FOR i IN 1 .. array_length(p_streams, 1) LOOP
        v_position := v_position + 1;
        v_hash := sha256(v_hash || int8send(v_position) || public.event_digest(
            p_streams[i], p_versions[i], p_types[i], p_schema_versions[i],
            p_occurred_at[i], v_recorded_at, p_data[i], p_metadata));
        v_hashes := v_hashes || v_hash;
    END LOOP;
    INSERT INTO public.event
    SELECT v_counter.position + e.i, e.stream, e.version, e.type, e.schema_version,
           e.data::json, p_metadata::json, e.occurred_at, v_recorded_at, e.hash
    FROM unnest(p_streams, p_versions, p_types, p_schema_versions, p_data, p_occurred_at, v_hashes)
         WITH ORDINALITY AS e(stream, version, type, schema_version, data, occurred_at, hash, i);
    UPDATE public.event_counter c SET position = v_position, hash = v_hash, recorded_at = v_recorded_at;
    RETURN QUERY SELECT v_counter.position + 1, v_position, v_recorded_at, v_hash;
END $$;

REVOKE ALL ON FUNCTION append_events FROM PUBLIC;
