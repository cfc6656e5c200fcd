CREATE TABLE drift_reports (
    run_id        uuid PRIMARY KEY,
    event_id      text UNIQUE,
    status        text NOT NULL
                  CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'refused')),
    reason        text,
    parameters    jsonb NOT NULL DEFAULT '{}',
    requested_at  timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    finished_at   timestamptz,
    since_at      timestamptz,
    until_at      timestamptz,
    model_version text,
    verdict       text CHECK (verdict IN ('drift', 'no_drift', 'not_enough_data')),
    summary       text,
    counts        jsonb,
    measures      jsonb,
    training      jsonb,
    training_requested_at timestamptz,
    error         text
);

COMMENT ON COLUMN drift_reports.since_at IS 'First moment of the window, by arrival.';
COMMENT ON COLUMN drift_reports.training IS 'Whether a training was asked for, and why or why not.';

CREATE INDEX drift_reports_requested_at ON drift_reports (requested_at DESC);
CREATE INDEX drift_reports_training ON drift_reports (training_requested_at DESC)
    WHERE training_requested_at IS NOT NULL;

-- What arrived since a moment. Rows arrive in order, so that a small index of blocks is enough.
CREATE INDEX ratings_stored_at ON ratings USING brin (stored_at);
