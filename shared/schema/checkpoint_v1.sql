-- How far each projection has come in each source's log. Executed by every consuming service's first
-- migration, in the schema that holds the projection's rows: one transaction writes both, so that they
-- can't disagree.
--
-- `hash` is the source's chain at `position`: a source whose log was restored to before its stream is
-- found out by it, instead of being skipped in silence.

CREATE TABLE checkpoint (
    projection  text        NOT NULL CHECK (projection <> ''),
    source      text        NOT NULL CHECK (source <> ''),
    position    bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),
    hash        bytea       NOT NULL DEFAULT '\x',
    recorded_at timestamptz,           -- of the event at `position`: how fresh the projection is
    incarnation text,                  -- of the source's log, as last seen
    updated_at  timestamptz NOT NULL DEFAULT now(),   -- system time
    PRIMARY KEY (projection, source)
);
