"""Ratings in PostgreSQL, as the functions that serve read and write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from psycopg2 import errors

from matinee.domain.movies import Movie
from matinee.domain.ratings import Rating
from matinee.errors import UnknownMovieError
from matinee.scoring.arrays import Indices, Vector
from matinee.stores.database import Database

# A row a user, its ratings packed as one array of `_PACKED`: fetching them as rows of Python
# objects would take longer than everything else that a list needs.
_HISTORIES = """
SELECT user_id, bool_or(stored_at > %s), string_agg(
    int8send(movie_id) || float4send(rating)
      || int8send(coalesce(floor(extract(epoch FROM rated_at))::bigint, -1)),
    '' ORDER BY rated_at NULLS FIRST, movie_id
  )
FROM ratings WHERE user_id = ANY(%s::bigint[]) GROUP BY user_id
"""
_PACKED = np.dtype([("movie_id", ">i8"), ("rating", ">f4"), ("rated_at", ">i8")])
_RATED_MOVIES = """
SELECT r.user_id, r.movie_id, r.rating, r.rated_at, m.title, m.year, m.genres, count(*) OVER ()
FROM ratings r JOIN movies m USING (movie_id) WHERE r.user_id = %s
ORDER BY r.rated_at DESC NULLS LAST, r.movie_id LIMIT %s OFFSET %s
"""
_RATED_MOVIE = """
SELECT r.user_id, r.movie_id, r.rating, r.rated_at, m.title, m.year, m.genres
FROM ratings r JOIN movies m USING (movie_id) WHERE r.user_id = %s AND r.movie_id = %s
"""
_SAVE = """
INSERT INTO ratings (user_id, movie_id, rating, rated_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id, movie_id) DO UPDATE
SET rating = excluded.rating, rated_at = excluded.rated_at, stored_at = now()
RETURNING xmax <> 0
"""
_TAKE_BACK = "DELETE FROM ratings WHERE user_id = %s AND movie_id = %s RETURNING rating"
# Empty when somebody imported a user with the next id.
_FREE_USER_ID = """
SELECT next.id FROM (SELECT nextval('new_user_ids') AS id) AS next
WHERE NOT EXISTS (SELECT 1 FROM ratings WHERE user_id = next.id)
"""
_SAVE_ALL = """
INSERT INTO ratings (user_id, movie_id, rating, rated_at)
SELECT %s, * FROM unnest(%s::bigint[], %s::real[], %s::timestamptz[])
ON CONFLICT DO NOTHING
"""
_UNKNOWN_MOVIES = """
SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id)
WHERE NOT EXISTS (SELECT 1 FROM movies WHERE movie_id = wanted.id) ORDER BY wanted.id
"""
_FORGET = """
WITH
  gone_ratings AS (DELETE FROM ratings WHERE user_id = %(user)s RETURNING 1),
  gone_feedback AS (
    DELETE FROM feedback f WHERE f.user_id = %(user)s
      OR f.request_id IN (SELECT request_id FROM recommendation_logs WHERE user_id = %(user)s)
    RETURNING 1
  ),
  gone_logs AS (DELETE FROM recommendation_logs WHERE user_id = %(user)s RETURNING 1)
SELECT (SELECT count(*) FROM gone_ratings), (SELECT count(*) FROM gone_logs),
  (SELECT count(*) FROM gone_feedback)
"""


@dataclass(frozen=True, slots=True)
class StoredHistory:
    """A user's ratings as columns, in history order.

    Parameters
    ----------
    movie_ids : ndarray of shape (n_rated,), int64
        What was rated.
    ratings : ndarray of shape (n_rated,), float32
        In stars.
    times : ndarray of shape (n_rated,), int64
        Seconds since 1970 UTC, `matinee.scoring.history.UNKNOWN_TIME` where unknown.
    is_newer : bool
        Whether any of them was stored after the moment that was asked about.
    """

    movie_ids: Indices
    ratings: Vector
    times: Indices
    is_newer: bool


@dataclass(frozen=True, slots=True)
class RatedMovie:
    """A rating with its movie."""

    rating: Rating
    movie: Movie


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows were deleted with a user."""

    ratings: int
    recommendation_logs: int
    feedback: int


class RatingStore:
    """Reads and writes the ratings of users.

    Every method raises `RatingStoreUnavailableError` when PostgreSQL does not answer in time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def histories(self, user_ids: Sequence[int], *, since: datetime) -> dict[int, StoredHistory]:
        """Return what users rated; users without ratings are left out.

        Parameters
        ----------
        user_ids : sequence of int
            Whose histories.
        since : datetime
            For `StoredHistory.is_newer`.

        Returns
        -------
        dict of int to StoredHistory
            By user id.
        """
        found: dict[int, StoredHistory] = {}
        rows = self._database.fetch(_HISTORIES, (since, list(user_ids)))
        for user_id, is_newer, packed in rows:
            ratings = np.frombuffer(packed, _PACKED)
            found[user_id] = StoredHistory(
                movie_ids=ratings["movie_id"].astype(np.int64),
                ratings=ratings["rating"].astype(np.float32),
                times=ratings["rated_at"].astype(np.int64),
                is_newer=is_newer,
            )
        return found

    def rated_movies(
        self, user_id: int, *, limit: int, offset: int
    ) -> tuple[list[RatedMovie], int]:
        """Return a page of what a user rated, newest first, and how many ratings there are."""
        rows = self._database.fetch(_RATED_MOVIES, (user_id, limit, offset))
        if rows:
            return [_rated_movie(*row[:-1]) for row in rows], rows[0][-1]
        count = self._database.fetch("SELECT count(*) FROM ratings WHERE user_id = %s", (user_id,))
        return [], count[0][0]

    def rated_movie(self, user_id: int, movie_id: int) -> RatedMovie | None:
        """Return one rating, None when there is none."""
        rows = self._database.fetch(_RATED_MOVIE, (user_id, movie_id))
        return _rated_movie(*rows[0]) if rows else None

    def save(self, rating: Rating) -> bool:
        """Store a new or changed rating.

        Parameters
        ----------
        rating : Rating
            With a time.

        Returns
        -------
        bool
            Whether it replaced one.

        Raises
        ------
        UnknownMovieError
            If the catalogue has no such movie.
        """
        values = (rating.user_id, rating.movie_id, rating.rating, rating.rated_at)
        try:
            return bool(self._database.fetch(_SAVE, values)[0][0])
        except errors.ForeignKeyViolation as error:
            raise UnknownMovieError(
                f"movie_id: there is no movie {rating.movie_id}",
                details={"movie_id": rating.movie_id},
            ) from error

    def save_new_user(self, ratings: Sequence[tuple[int, float, datetime]]) -> int:
        """Store the ratings of a new user, all or none.

        The id is fetched before, so that inserting is safe to repeat when a connection breaks.

        Parameters
        ----------
        ratings : sequence of (movie_id, stars, rated_at)
            Each movie once.

        Returns
        -------
        int
            The user's id, which nobody has.

        Raises
        ------
        UnknownMovieError
            If the catalogue lacks some of the movies; all of them are named.
        """
        movie_ids, stars, times = map(list, zip(*ratings, strict=True))
        while not (rows := self._database.fetch(_FREE_USER_ID)):
            pass
        user_id: int = rows[0][0]
        try:
            self._database.fetch(_SAVE_ALL, (user_id, movie_ids, stars, times))
        except errors.ForeignKeyViolation as error:
            unknown = [row[0] for row in self._database.fetch(_UNKNOWN_MOVIES, (movie_ids,))]
            raise UnknownMovieError(
                f"ratings: there is no movie {', '.join(map(str, unknown))}",
                details={"movie_ids": unknown},
            ) from error
        return user_id

    def take_back(self, user_id: int, movie_id: int) -> float | None:
        """Delete one rating and return its stars, None when there is none."""
        rows = self._database.fetch(_TAKE_BACK, (user_id, movie_id))
        return rows[0][0] if rows else None

    def forget_user(self, user_id: int) -> Forgotten:
        """Delete everything that is stored about a user, in one transaction."""
        return Forgotten(*self._database.fetch(_FORGET, {"user": user_id})[0])


def _rated_movie(
    user_id: int,
    movie_id: int,
    rating: float,
    rated_at: datetime | None,
    title: str,
    year: int | None,
    genres: list[str],
) -> RatedMovie:
    movie = Movie(movie_id, title, year, tuple(genres))
    return RatedMovie(Rating(user_id, movie_id, rating, rated_at), movie)
