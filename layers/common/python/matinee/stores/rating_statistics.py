"""Ratings in PostgreSQL, counted: by movie, by user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from matinee.domain.ratings import STARS
from matinee.scoring.arrays import Indices
from matinee.stores.database import Database

_STAR_COUNTS = "SELECT rating, count(*) FROM ratings WHERE movie_id = %s GROUP BY rating"
# A part of each movie's ratings says how divided people are, and costs the same however many
# ratings there are; only a bitmap would read the index of all of them first.
_SAMPLES = """
SET LOCAL enable_bitmapscan TO off;
SELECT movie.place, part.rating, count(*)
FROM unnest(%s::bigint[]) WITH ORDINALITY AS movie (id, place)
CROSS JOIN LATERAL (SELECT rating FROM ratings WHERE movie_id = movie.id LIMIT %s) AS part
GROUP BY movie.place, part.rating
"""
# In the order of the primary key, so that PostgreSQL stops reading at the end of the page.
_USERS = """
SELECT user_id, count(*), max(rated_at) FROM ratings GROUP BY user_id
ORDER BY user_id LIMIT %s OFFSET %s
"""


@dataclass(frozen=True, slots=True)
class RatingUser:
    """A user who has ratings; `last_rated_at` is None where none has a time."""

    user_id: int
    n_ratings: int
    last_rated_at: datetime | None


class RatingStatistics:
    """Counts ratings.

    Every method raises `RatingStoreUnavailableError` when PostgreSQL does not answer in time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def star_counts(self, movie_id: int) -> dict[float, int]:
        """Return how many users gave a movie how many stars; none where nobody did."""
        return {float(stars): n for stars, n in self._database.fetch(_STAR_COUNTS, (movie_id,))}

    def sampled_star_counts(self, movie_ids: Sequence[int], *, n_sampled: int) -> Indices:
        """Count the stars in a part of the ratings of many movies.

        Parameters
        ----------
        movie_ids : sequence of int
            In any order.
        n_sampled : int
            Most ratings of each movie that are read.

        Returns
        -------
        ndarray of shape (n_movies, n_stars), int64
            A column for every rating of the scale, lowest first.
        """
        counts = np.zeros((len(movie_ids), len(STARS.values())), np.int64)
        for place, stars, n in self._database.fetch(_SAMPLES, (list(movie_ids), n_sampled)):
            counts[place - 1, round((stars - STARS.low) / STARS.step)] += n
        return counts

    def users(self, *, limit: int, offset: int) -> list[RatingUser]:
        """Return a page of the users who have ratings, by id."""
        return [RatingUser(*row) for row in self._database.fetch(_USERS, (limit, offset))]
