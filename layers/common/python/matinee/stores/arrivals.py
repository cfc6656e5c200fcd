"""What came in and what was sent in a span of time, as drift is measured on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from psycopg2.extensions import connection as Connection

from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.long_sessions import long_session

MOST_RATINGS = 1_000_000
MOST_LISTS = 200_000
"""Of longer spans the newest are read, so that a huge import does not take all memory."""

_RATINGS = """
SELECT user_id, movie_id, rating, coalesce(floor(extract(epoch FROM rated_at)), %s)::bigint,
  extract(epoch FROM stored_at)::float8
FROM ratings WHERE stored_at >= %s AND stored_at < %s
ORDER BY stored_at DESC, user_id, rated_at, movie_id LIMIT %s
"""
_MOVIES = "SELECT movie_id, coalesce(year, 0), genres FROM movies WHERE movie_id = ANY(%s)"
_LISTS = """
SELECT user_id, strategy, model_version, movie_ids, filters, extract(epoch FROM answered_at)::float8
FROM recommendation_logs
WHERE answered_at >= %s AND answered_at < %s AND user_id IS NOT NULL
ORDER BY answered_at DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class ArrivedRatings:
    """Ratings by arrival, newest first.

    Parameters
    ----------
    user_ids, movie_ids : ndarray of shape (n_ratings,), int64
        Who rated what.
    ratings : ndarray of shape (n_ratings,), float32
        In stars.
    times : ndarray of shape (n_ratings,), int64
        When the user rated, seconds since 1970 UTC, or `UNKNOWN_TIME`.
    arrived : ndarray of shape (n_ratings,), float64
        When they were stored here, seconds since 1970 UTC.
    """

    user_ids: Indices
    movie_ids: Indices
    ratings: Vector
    times: Indices
    arrived: Vector


@dataclass(frozen=True, slots=True)
class MovieFacts:
    """What is known of movies by id: the year, 0 where unknown, and the genres."""

    years: Mapping[int, int]
    genres: Mapping[int, list[str]]

    def years_of(self, movie_ids: Indices) -> Indices:
        """Return the year of each movie, shape (n,), int64."""
        return np.array([self.years[movie_id] for movie_id in movie_ids.tolist()], np.int64)


@dataclass(frozen=True, slots=True)
class SentList:
    """A list of recommendations that was sent to a user."""

    user_id: int
    strategy: str
    model_version: str | None
    """The version that made it, where that is known."""
    movie_ids: list[int]
    filters: Mapping[str, Any]
    sent: float
    """Seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Everything from one span of time."""

    ratings: ArrivedRatings
    movies: MovieFacts
    lists: list[SentList]


def read_arrivals(database_url: str, *, since: datetime, until: datetime) -> Arrivals:
    """Read the ratings that arrived and the lists that were sent in a span of time.

    Parameters
    ----------
    database_url : str
        Address of the database.
    since, until : datetime
        Aware; the first is included, the second not.

    Returns
    -------
    Arrivals
        As of one moment. A rating that was changed arrived when it was changed.

    Raises
    ------
    RatingStoreUnavailableError
        If PostgreSQL does not answer.
    """
    with long_session(database_url, purpose="drift-window") as connection:
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        ratings = _ratings(connection, since, until)
        return Arrivals(ratings, _movies(connection, ratings), _lists(connection, since, until))


def _ratings(connection: Connection, since: datetime, until: datetime) -> ArrivedRatings:
    rows = _fetch(connection, _RATINGS, (UNKNOWN_TIME, since, until, MOST_RATINGS))
    users, movies, ratings, times, arrived = zip(*rows, strict=True) if rows else ((),) * 5
    return ArrivedRatings(
        np.array(users, np.int64),
        np.array(movies, np.int64),
        np.array(ratings, np.float32),
        np.array(times, np.int64),
        np.array(arrived, np.float64),
    )


def _movies(connection: Connection, ratings: ArrivedRatings) -> MovieFacts:
    rows = _fetch(connection, _MOVIES, (np.unique(ratings.movie_ids).tolist(),))
    return MovieFacts(
        {movie_id: year for movie_id, year, _ in rows},
        {movie_id: genres for movie_id, _, genres in rows},
    )


def _lists(connection: Connection, since: datetime, until: datetime) -> list[SentList]:
    rows = _fetch(connection, _LISTS, (since, until, MOST_LISTS))
    return [SentList(*row) for row in reversed(rows)]


def _fetch(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
