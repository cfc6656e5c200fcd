"""The packaged ratings as the snapshot that PostgreSQL would give after importing them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from dataset_import.checks import check_ratings
from dataset_import.errors import SourceError
from dataset_import.packaged import packaged_source
from matinee.domain.movies import Movie
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.import_rows import RatingRow, Reject
from matinee.stores.snapshot import Snapshot, build_snapshot


def packaged_snapshot() -> Snapshot:
    """Read the packaged movies and ratings.

    They are dated by their newest rating, so that whoever takes this snapshot gets the same.
    """
    source = packaged_source(notice="")
    assert source.movies is not None
    with source.movies() as stream:
        movies = [
            Movie(row.movie_id, row.title, row.year, row.genres or ())
            if row.title
            else Movie(row.movie_id, f"Movie {row.movie_id}", None, row.genres or ())
            for row in stream.rows
            if not isinstance(row, Reject)
        ]
    with source.ratings() as stream:
        ratings = [_good(row) for row in check_ratings(stream.rows)]
    _, users, rated, stars, times = (np.array(column) for column in zip(*ratings, strict=True))
    order = np.lexsort((rated, times, users))
    return build_snapshot(
        datetime.fromtimestamp(int(times.max()), UTC),
        tuple(sorted(movies, key=lambda movie: movie.movie_id)),
        users[order],
        rated[order],
        stars[order].astype(np.float32),
        times[order],
    )


def _good(row: RatingRow | Reject) -> tuple[int, int, int, float, int]:
    if isinstance(row, Reject):
        raise SourceError(f"packaged ratings, row {row.line}: {row.kind}")
    line, user_id, movie_id, stars, seconds = row
    return line, user_id, movie_id, stars, UNKNOWN_TIME if seconds is None else int(seconds)
