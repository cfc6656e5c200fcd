CREATE TABLE movies (
    movie_id bigint PRIMARY KEY CHECK (movie_id > 0),
    title    text NOT NULL,
    year     smallint,
    genres   text[] NOT NULL DEFAULT '{}',
    imdb_id  integer,
    tmdb_id  integer
);

CREATE TABLE ratings (
    user_id   bigint NOT NULL CHECK (user_id > 0),
    movie_id  bigint NOT NULL REFERENCES movies,
    rating    real NOT NULL CHECK (rating BETWEEN 0.5 AND 5),
    rated_at  timestamptz,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, movie_id)
);

COMMENT ON COLUMN ratings.rated_at IS 'When the user rated; null when the source does not say.';
COMMENT ON COLUMN ratings.stored_at IS 'When this value arrived here; unchanged while the value is.';

-- Who rated this movie, and the reference that forbids deleting a rated movie.
CREATE INDEX ratings_movie_id ON ratings (movie_id);
