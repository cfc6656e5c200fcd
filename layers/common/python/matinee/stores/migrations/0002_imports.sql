CREATE TABLE imports (
    import_id         uuid PRIMARY KEY,
    source            text NOT NULL,
    started_at        timestamptz NOT NULL,
    finished_at       timestamptz NOT NULL,
    movies_read       bigint NOT NULL,
    movies_written    bigint NOT NULL,
    ratings_read      bigint NOT NULL,
    ratings_inserted  bigint NOT NULL,
    ratings_updated   bigint NOT NULL,
    ratings_unchanged bigint NOT NULL,
    ratings_rejected  bigint NOT NULL,
    rejects           jsonb NOT NULL DEFAULT '{}'
);

COMMENT ON COLUMN imports.rejects IS 'Number of rejected rows by kind.';
