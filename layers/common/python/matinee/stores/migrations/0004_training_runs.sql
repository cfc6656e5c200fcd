CREATE TABLE training_runs (
    run_id        uuid PRIMARY KEY,
    event_id      text UNIQUE,
    status        text NOT NULL
                  CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'refused')),
    step          text,
    reason        text,
    parameters    jsonb NOT NULL DEFAULT '{}',
    requested_at  timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    finished_at   timestamptz,
    model_version text,
    metrics       jsonb,
    promoted      boolean,
    decision      text,
    mlflow_run_id text,
    error         text
);

COMMENT ON COLUMN training_runs.event_id IS 'Id of the event that asked; makes a repeated event start nothing.';

CREATE INDEX training_runs_requested_at ON training_runs (requested_at DESC);
