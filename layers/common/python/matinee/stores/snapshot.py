"""One dated view of all movies and ratings, as training reads it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import numpy as np
from numpy.typing import NDArray
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from psycopg2.extensions import connection as Connection

from matinee.domain.movies import Movie
from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.histories import Histories
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.long_sessions import long_session

_MOVIES = "SELECT movie_id, title, year, genres, imdb_id, tmdb_id FROM movies ORDER BY movie_id"
_RATINGS = f"""
COPY (
    SELECT user_id, movie_id, rating,
           coalesce(floor(extract(epoch FROM rated_at)), {UNKNOWN_TIME})::bigint
    FROM ratings
    ORDER BY user_id, rated_at NULLS FIRST, movie_id
) TO STDOUT (FORMAT binary)
"""
# PostgreSQL's binary COPY: each row is its number of fields, then length and value of each. Without
# nulls every row has the same size, and the file is an array as it stands.
_ROW = np.dtype(
    [
        ("n_fields", ">i2"),
        ("user_id_size", ">i4"),
        ("user_id", ">i8"),
        ("movie_id_size", ">i4"),
        ("movie_id", ">i8"),
        ("rating_size", ">i4"),
        ("rating", ">f4"),
        ("time_size", ">i4"),
        ("time", ">i8"),
    ]
)
_HEADER_BYTES = 19
_TRAILER_BYTES = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Movies and ratings as they were at one moment.

    Parameters
    ----------
    taken_at : datetime
        Aware; when the database took the view.
    movies : tuple of Movie
        By movie id; a movie's place is its item row.
    user_ids : ndarray of shape (n_users,), int64
        Users with at least one rating, ascending; a user's place is the user row.
    histories : Histories
        All ratings.
    fingerprint : str
        SHA-256 of the content, equal for equal content wherever it is stored.
    """

    taken_at: datetime
    movies: tuple[Movie, ...]
    user_ids: Indices
    histories: Histories
    fingerprint: str

    @property
    def n_items(self) -> int:
        """Size of the catalogue."""
        return len(self.movies)


def take_snapshot(database_url: str) -> Snapshot:
    """Read movies and ratings in one transaction that sees no later change.

    Parameters
    ----------
    database_url : str
        Address of the database.

    Returns
    -------
    Snapshot
        Memory needed is about 70 bytes a rating.

    Raises
    ------
    RatingStoreUnavailableError
        If PostgreSQL does not answer.
    """
    with (
        long_session(database_url, purpose="training-snapshot") as connection,
        tempfile.TemporaryFile() as file,
    ):
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        taken_at, movies = _read_movies(connection)
        with connection.cursor() as cursor:
            cursor.copy_expert(_RATINGS, file)
        rows = _read_rows(file)
    return build_snapshot(
        taken_at,
        movies,
        rows["user_id"].astype(np.int64),
        rows["movie_id"].astype(np.int64),
        rows["rating"].astype(np.float32),
        rows["time"].astype(np.int64),
    )


def build_snapshot(
    taken_at: datetime,
    movies: tuple[Movie, ...],
    user_ids: Indices,
    movie_ids: Indices,
    ratings: Vector,
    times: Indices,
) -> Snapshot:
    """Arrange ratings by user and item row.

    Parameters
    ----------
    taken_at : datetime
        Aware.
    movies : tuple of Movie
        By movie id; every rated one is among them.
    user_ids, movie_ids : ndarray of shape (n_ratings,), int64
        Who rated what, by user, each user's ratings in history order.
    ratings : ndarray of shape (n_ratings,), float32
        In stars.
    times : ndarray of shape (n_ratings,), int64
        Seconds since 1970 UTC, or `UNKNOWN_TIME`.

    Returns
    -------
    Snapshot
        With its fingerprint.
    """
    users, counts = np.unique(user_ids, return_counts=True)
    item_ids = np.array([movie.movie_id for movie in movies], np.int64)
    histories = Histories(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.searchsorted(item_ids, movie_ids).astype(np.int32),
        ratings,
        times,
    )
    return Snapshot(
        taken_at, movies, users, histories, _fingerprint(movies, user_ids, movie_ids, histories)
    )


def _read_movies(connection: Connection) -> tuple[datetime, tuple[Movie, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (taken_at,) = cursor.fetchone() or (None,)
        assert isinstance(taken_at, datetime)
        cursor.execute(_MOVIES)
        movies = tuple(
            Movie(movie_id, title, year, tuple(genres), imdb_id, tmdb_id)
            for movie_id, title, year, genres, imdb_id, tmdb_id in cursor
        )
    return taken_at, movies


def _read_rows(file: IO[bytes]) -> NDArray[np.void]:
    n_bytes = file.seek(0, 2) - _HEADER_BYTES - _TRAILER_BYTES
    file.seek(_HEADER_BYTES)
    return np.frombuffer(file.read(n_bytes), _ROW)


def _fingerprint(
    movies: tuple[Movie, ...], user_ids: Indices, movie_ids: Indices, histories: Histories
) -> str:
    digest = hashlib.sha256()
    for movie in movies:
        line = [movie.movie_id, movie.title, movie.year, sorted(movie.genres)]
        digest.update(json.dumps(line).encode() + b"\n")
    for array, kind in (
        (user_ids, "<i8"),
        (movie_ids, "<i8"),
        (histories.ratings, "<f4"),
        (histories.times, "<i8"),
    ):
        digest.update(array.astype(kind).tobytes())
    return digest.hexdigest()
