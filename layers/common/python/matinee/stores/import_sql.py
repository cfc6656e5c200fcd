"""The statements of an import, in the order `bulk_load` runs them.

Rows wait in temporary tables; `kind` says why a row is refused, null while nothing speaks against
it.
"""

# Two imports would wait for each other's rows and table locks in turn.
TRY_LOCK_IMPORTS = "SELECT pg_try_advisory_xact_lock(hashtext('matinee import'))"

CREATE_STAGING = """
CREATE TEMP TABLE movie_rows (
    line bigint, movie_id bigint, title text, year smallint, genres text[],
    kind text, raw text
) ON COMMIT DROP;
CREATE TEMP TABLE link_rows (
    line bigint, movie_id bigint, imdb_id integer, tmdb_id integer, kind text, raw text
) ON COMMIT DROP;
CREATE TEMP TABLE rating_rows (
    line bigint, user_id bigint, movie_id bigint, rating real, rated_at double precision,
    kind text, raw text
) ON COMMIT DROP;
"""

REFUSE_DUPLICATE_MOVIES = """
UPDATE movie_rows AS later SET kind = 'duplicate'
FROM (
    SELECT movie_id, min(line) AS first_line FROM movie_rows
    WHERE kind IS NULL GROUP BY movie_id HAVING count(*) > 1
) AS repeated
WHERE later.kind IS NULL
  AND later.movie_id = repeated.movie_id AND later.line > repeated.first_line
"""

REFUSE_DUPLICATE_LINKS = REFUSE_DUPLICATE_MOVIES.replace("movie_rows", "link_rows")

# A source that brings no movies speaks of those it rates.
STAGE_RATED_MOVIES = """
INSERT INTO movie_rows (movie_id)
SELECT DISTINCT movie_id FROM rating_rows WHERE kind IS NULL
"""

# What a source does not say (null) never replaces what the catalogue knows.
STORE_MOVIES = """
WITH wanted AS (
    SELECT staged.movie_id,
           coalesce(staged.title, known.title, 'Movie ' || staged.movie_id) AS title,
           CASE WHEN staged.title IS NULL THEN known.year ELSE staged.year END AS year,
           coalesce(staged.genres, known.genres, '{}') AS genres,
           coalesce(links.imdb_id, known.imdb_id) AS imdb_id,
           coalesce(links.tmdb_id, known.tmdb_id) AS tmdb_id
    FROM movie_rows AS staged
    LEFT JOIN movies AS known USING (movie_id)
    LEFT JOIN link_rows AS links ON links.movie_id = staged.movie_id AND links.kind IS NULL
    WHERE staged.kind IS NULL
), written AS (
    INSERT INTO movies AS stored (movie_id, title, year, genres, imdb_id, tmdb_id)
    SELECT movie_id, title, year, genres, imdb_id, tmdb_id FROM wanted ORDER BY movie_id
    ON CONFLICT (movie_id) DO UPDATE SET
        title = excluded.title, year = excluded.year, genres = excluded.genres,
        imdb_id = excluded.imdb_id, tmdb_id = excluded.tmdb_id
    WHERE (stored.title, stored.year, stored.genres, stored.imdb_id, stored.tmdb_id)
          IS DISTINCT FROM
          (excluded.title, excluded.year, excluded.genres, excluded.imdb_id, excluded.tmdb_id)
    RETURNING xmax = 0 AS inserted
)
SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written
"""

REFUSE_RATINGS_OF_UNKNOWN_MOVIES = """
UPDATE rating_rows SET kind = 'unknown_movie'
WHERE kind IS NULL AND NOT EXISTS (
    SELECT FROM movies WHERE movies.movie_id = rating_rows.movie_id
)
"""

REFUSE_DUPLICATE_RATINGS = """
UPDATE rating_rows AS later SET kind = 'duplicate'
FROM (
    SELECT user_id, movie_id, min(line) AS first_line FROM rating_rows
    WHERE kind IS NULL GROUP BY user_id, movie_id HAVING count(*) > 1
) AS repeated
WHERE later.kind IS NULL AND later.user_id = repeated.user_id
  AND later.movie_id = repeated.movie_id AND later.line > repeated.first_line
"""

COUNT_ROWS = """
SELECT 'movies' AS what, coalesce(kind, '') AS kind, count(*) FROM movie_rows GROUP BY kind
UNION ALL
SELECT 'links', coalesce(kind, ''), count(*) FROM link_rows GROUP BY kind
UNION ALL
SELECT 'ratings', coalesce(kind, ''), count(*) FROM rating_rows GROUP BY kind
"""

# Rows refused only here are told by their values: their text was not kept.
EXPORT_REJECTS = """
COPY (
    SELECT what AS file, line, kind, raw AS row FROM (
        SELECT 1 AS rank, 'movies' AS what, line, kind,
               coalesce(raw, concat_ws(',', movie_id, title)) AS raw
        FROM movie_rows WHERE kind IS NOT NULL
        UNION ALL
        SELECT 2, 'links', line, kind,
               coalesce(raw, concat_ws(',', movie_id, imdb_id, tmdb_id))
        FROM link_rows WHERE kind IS NOT NULL
        UNION ALL
        SELECT 3, 'ratings', line, kind,
               coalesce(raw, concat_ws(',', user_id, movie_id, rating, rated_at))
        FROM rating_rows WHERE kind IS NOT NULL
    ) AS refused ORDER BY rank, line
) TO STDOUT WITH (FORMAT csv, HEADER)
"""

# A rating older than the stored one is history that a user has since corrected: it stays out. One
# without a time replaces the stars but not a time that is known.
STORE_RATINGS = """
WITH written AS (
    INSERT INTO ratings AS stored (user_id, movie_id, rating, rated_at)
    SELECT user_id, movie_id, rating, to_timestamp(rated_at)
    FROM rating_rows WHERE kind IS NULL ORDER BY user_id, movie_id
    ON CONFLICT (user_id, movie_id) DO UPDATE SET
        rating = excluded.rating,
        rated_at = coalesce(excluded.rated_at, stored.rated_at),
        stored_at = excluded.stored_at
    WHERE (stored.rating, stored.rated_at)
          IS DISTINCT FROM (excluded.rating, coalesce(excluded.rated_at, stored.rated_at))
      AND (excluded.rated_at >= stored.rated_at) IS NOT FALSE
    RETURNING xmax = 0 AS inserted
)
SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written
"""

HAS_RATINGS = "SELECT EXISTS (SELECT FROM ratings)"

# Checking a million references one by one takes longer than the rest of a first import, checking
# them together a tenth of a second. The lock keeps everybody else out until the commit.
LOCK_RATINGS = "LOCK TABLE ratings IN ACCESS EXCLUSIVE MODE"

DROP_CHECKS = """
ALTER TABLE ratings DROP CONSTRAINT ratings_movie_id_fkey;
DROP INDEX ratings_movie_id;
"""

STORE_FIRST_RATINGS = """
INSERT INTO ratings (user_id, movie_id, rating, rated_at)
SELECT user_id, movie_id, rating, to_timestamp(rated_at)
FROM rating_rows WHERE kind IS NULL ORDER BY user_id, movie_id
"""

RESTORE_CHECKS = """
ALTER TABLE ratings ADD CONSTRAINT ratings_movie_id_fkey
    FOREIGN KEY (movie_id) REFERENCES movies;
CREATE INDEX ratings_movie_id ON ratings (movie_id);
"""

OTHER_SOURCES = "SELECT DISTINCT source FROM imports WHERE source <> %s ORDER BY source"

RECORD_IMPORT = """
INSERT INTO imports (
    import_id, source, started_at, finished_at, movies_read, movies_written, ratings_read,
    ratings_inserted, ratings_updated, ratings_unchanged, ratings_rejected, rejects
) VALUES (%s, %s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s)
"""
