CREATE TABLE environment_starts (
    environment_id text PRIMARY KEY,
    function       text NOT NULL,
    started_at     timestamptz NOT NULL,
    start_seconds  real NOT NULL
);

COMMENT ON TABLE environment_starts IS 'Best effort: an environment that never reached the database has no row.';
COMMENT ON COLUMN environment_starts.started_at IS 'When its process started.';
COMMENT ON COLUMN environment_starts.start_seconds IS 'From the start of its process until it could serve.';

CREATE INDEX environment_starts_started_at ON environment_starts (started_at);
