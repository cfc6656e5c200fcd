"""Champions and windows whose right measures a reader can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drift_monitor.windows import Window
from matinee.artifacts.catalogue import catalogue_arrays
from matinee.artifacts.manifest import DataFacts, ListQuality
from matinee.artifacts.model import USER_BLOCK_ROWS, Model, load_model
from matinee.domain.movies import Movie
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.arrivals import ArrivedRatings, MovieFacts
from tests.support.models import MOVIES, SNAPSHOT_AT, build_version

Row = tuple[int, int, float, int]
"""User, movie, stars, time."""

N_USERS, N_MOVIES, N_RATED, N_RATED_LATER = 200, 120, 60, 10
YEAR_SECONDS = 365 * 86_400
NEW_YEAR_2019 = 1_546_300_800
STARS, SHARES = (2.5, 3.0, 3.5, 4.0, 4.5), (0.1, 0.2, 0.4, 0.2, 0.1)
RMSE_OF_STARS = 0.3**0.5
"""Of predicting 3.5 always, which is what `champion_of` makes."""

GENRES = ("Action", "Comedy", "Drama", "Horror")
MANY_MOVIES = tuple(
    Movie(place + 1, f"Movie {place}", 1960 + place % 50, (GENRES[place % 3],))
    for place in range(N_MOVIES)
) + (Movie(N_MOVIES + 1, "Alone", 1980, ("Horror",)),)
"""The last has the only horror, and nobody rates it."""


def champion_of(
    folder: Path,
    rows: Sequence[Row],
    *,
    movies: Sequence[Movie] = MOVIES,
    metrics: Mapping[str, float] | None = None,
    list_quality: Mapping[str, Sequence[ListQuality]] | None = None,
) -> Model:
    """Return a model that was trained on these ratings.

    It predicts 3.5 stars for everything, and each movie speaks for the next two.
    """
    users, movie_ids, stars, times = columns(sorted(rows, key=lambda row: (row[0], row[3])))
    user_ids, counts = np.unique(users, return_counts=True)
    arrays, genres = catalogue_arrays(movies, _counts(movie_ids))
    places = np.arange(len(movies))
    arrays |= {
        "ranker_rows": places.astype(np.int32),
        "ranker_neighbors": ((places[:, None] + [1, 2]) % len(movies)).astype(np.int32),
        "ranker_weights": np.tile(np.array([0.5, 0.3], np.float32), (len(movies), 1)),
        "item_biases": np.zeros(len(movies), np.float32),
        "item_factors": np.zeros((len(movies), 2), np.float32),
        "user_ids": user_ids,
        "user_block_ids": user_ids[::USER_BLOCK_ROWS],
        "user_biases": np.zeros(len(user_ids), np.float32),
        "user_factors": np.zeros((len(user_ids), 2), np.float32),
        "history_offsets": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        "history_items": np.searchsorted(arrays["item_ids"], movie_ids).astype(np.int32),
        "history_ratings": stars.astype(np.float32),
        "history_times": times,
    }
    data = DataFacts(
        fingerprint="0" * 64,
        snapshot_at=SNAPSHOT_AT,
        n_ratings=len(users),
        n_users=len(user_ids),
        n_items=len(movies),
    )
    pointer = build_version(
        folder,
        arrays=arrays,
        genres=genres,
        data=data,
        metrics=metrics,
        list_quality=list_quality,
    )
    return load_model(folder / pointer.version)


def _counts(values: NDArray[np.int64]) -> dict[int, int]:
    found, counts = np.unique(values, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def columns(rows: Sequence[Row]) -> tuple[NDArray[Any], ...]:
    """Return users, movies, stars and times."""
    users, movies, stars, times = zip(*rows, strict=True) if rows else ((),) * 4
    return (
        np.array(users, np.int64),
        np.array(movies, np.int64),
        np.array(stars, np.float32),
        np.array(times, np.int64),
    )


def arrived(rows: Sequence[Row], at: float | Sequence[float] = 100.0) -> ArrivedRatings:
    """Return ratings that arrived at a moment, or at one moment each."""
    return ArrivedRatings(*columns(rows), np.broadcast_to(np.array(at, np.float64), len(rows)))


def facts_of(movies: Sequence[Movie]) -> MovieFacts:
    """Return what PostgreSQL knows of movies."""
    return MovieFacts(
        {movie.movie_id: movie.year or 0 for movie in movies},
        {movie.movie_id: list(movie.genres) for movie in movies},
    )


def window_of(**columns: Sequence[Any]) -> Window:
    """Return a window; what is not given is alike in every row."""
    n = len(next(iter(columns.values())))
    unknown: dict[str, Any] = {
        "user_ids": np.arange(n),
        "movie_ids": np.ones(n, np.int64),
        "ratings": np.full(n, 3.5, np.float32),
        "times": np.full(n, UNKNOWN_TIME),
        "years": np.zeros(n, np.int64),
        "genres": np.full(n, "Drama"),
        "is_new_user": np.zeros(n, np.bool_),
        "is_new_movie": np.zeros(n, np.bool_),
    }
    return Window(**unknown | {name: np.array(values) for name, values in columns.items()})


def ratings_of_regulars(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """Return what users rated in 2019, and what the same users rate in 2020, in the same way.

    They come in the evening, of every day of the week; some movies are rated far more than others.
    """
    popularity = 1 / np.arange(1, N_MOVIES + 1)
    before, after = [], []
    for user in range(1, N_USERS + 1):
        chosen = rng.choice(
            N_MOVIES, N_RATED + N_RATED_LATER, replace=False, p=popularity / popularity.sum()
        )
        movies = rng.permutation(chosen + 1).tolist()
        stars = rng.choice(STARS, len(movies), p=SHARES).tolist()
        days = NEW_YEAR_2019 + 86_400 * rng.integers(365, size=len(movies))
        times = (days + 3_600 * rng.integers(16, 24, size=len(movies))).tolist()
        rows = [(user, *row) for row in zip(movies, stars, times, strict=True)]
        before += rows[:N_RATED]
        after += [
            (user, movie, star, time + YEAR_SECONDS) for _, movie, star, time in rows[N_RATED:]
        ]
    return before, after
