"""How fast ratings are imported, against inserting them row by row."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import psycopg2

from dataset_import import run_import
from matinee.stores.schema import migrate

N_MOVIES = 20_000
RATINGS_PER_USER = 200
_STRIDE = 97  # shares no factor with N_MOVIES, so that a user's movies differ

UPSERT = """
INSERT INTO ratings (user_id, movie_id, rating, rated_at) VALUES (%s, %s, %s, to_timestamp(%s))
ON CONFLICT (user_id, movie_id) DO UPDATE SET rating = excluded.rating, rated_at = excluded.rated_at
"""


def measure_import_rate(
    database_url: str, *, n_ratings: int = 1_000_000, n_row_by_row: int = 5_000
) -> dict[str, float]:
    """Import generated ratings into a database of its own, which must hold no ratings yet.

    Row by row means psycopg2's `executemany` in one transaction, measured on fewer rows. The ratio
    is how many times as many ratings a second the import stores.
    """
    migrate(database_url)
    row_by_row_rate = _row_by_row_rate(database_url, n_row_by_row)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        _write_csv(path, n_ratings)
        first = run_import(path, database_url=database_url, progress=False)
        again = run_import(path, database_url=database_url, progress=False)
    rate = n_ratings / first.seconds
    return {
        "ratings": float(n_ratings),
        "import_seconds": first.seconds,
        "import_again_seconds": again.seconds,
        "ratings_per_second": rate,
        "row_by_row_per_second": row_by_row_rate,
        "ratio": rate / row_by_row_rate,
    }


def _ratings() -> Iterator[tuple[int, int, float, int]]:
    n = 0
    while True:
        user, nth = divmod(n, RATINGS_PER_USER)
        movie = (user * 31 + nth * _STRIDE) % N_MOVIES + 1
        yield user + 1, movie, (n % 10 + 1) / 2, 1_000_000_000 + n
        n += 1


def _write_csv(path: Path, n_ratings: int) -> None:
    with path.open("w", encoding="ascii") as file:
        file.write("userId,movieId,rating,timestamp\n")
        for user, movie, rating, rated_at in islice(_ratings(), n_ratings):
            file.write(f"{user},{movie},{rating},{rated_at}\n")


def _row_by_row_rate(database_url: str, n_ratings: int) -> float:
    rows = list(islice(_ratings(), n_ratings))
    connection = psycopg2.connect(database_url, connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO movies (movie_id, title) "
                "SELECT n, 'Movie ' || n FROM generate_series(1, %s) AS n ON CONFLICT DO NOTHING",
                (N_MOVIES,),
            )
            begun = time.perf_counter()
            cursor.executemany(UPSERT, rows)
            seconds = time.perf_counter() - begun
    finally:
        connection.close()  # without a commit, so that the import finds an empty table
    return n_ratings / seconds
