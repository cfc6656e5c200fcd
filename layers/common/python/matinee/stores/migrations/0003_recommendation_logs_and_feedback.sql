CREATE TABLE recommendation_logs (
    request_id        uuid PRIMARY KEY,
    user_id           bigint,
    strategy          text NOT NULL,
    model_version     text,
    movie_ids         bigint[] NOT NULL,
    scores            real[] NOT NULL,
    predicted_ratings real[] NOT NULL,
    filters           jsonb NOT NULL DEFAULT '{}',
    duration_ms       real NOT NULL,
    answered_at       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX recommendation_logs_answered_at ON recommendation_logs (answered_at);
CREATE INDEX recommendation_logs_user_id ON recommendation_logs (user_id);

-- No reference to recommendation_logs: a log row is best effort, feedback on it is not.
CREATE TABLE feedback (
    request_id uuid NOT NULL,
    movie_id   bigint NOT NULL,
    action     text NOT NULL CHECK (action IN ('click', 'watch', 'dismiss')),
    user_id    bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (request_id, movie_id, action)
);

CREATE INDEX feedback_created_at ON feedback (created_at);
CREATE INDEX feedback_user_id ON feedback (user_id);
