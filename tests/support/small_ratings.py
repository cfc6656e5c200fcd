"""A few hundred ratings in a real PostgreSQL, with a pattern that a model must find."""

from __future__ import annotations

import numpy as np

from matinee.stores.long_sessions import long_session

N_USERS, N_MOVIES = 60, 40


def store_ratings(database_url: str) -> None:
    """Users of even id rate even movies, the others odd ones; movie 1 is rated by nobody."""
    rng = np.random.default_rng(1)
    with (
        long_session(database_url, purpose="test") as connection,
        connection,
        connection.cursor() as cursor,
    ):
        for movie_id in range(1, N_MOVIES + 1):
            cursor.execute(
                "INSERT INTO movies (movie_id, title, year, genres) VALUES (%s, %s, 1999, %s)",
                (movie_id, f"Movie {movie_id}", ["Drama"]),
            )
        for user_id in range(1, N_USERS + 1):
            liked = [m for m in range(2, N_MOVIES + 1) if (m + user_id) % 2 == 0]
            for second, movie_id in enumerate(rng.choice(liked, 12, replace=False).tolist()):
                cursor.execute(
                    "INSERT INTO ratings (user_id, movie_id, rating, rated_at) "
                    "VALUES (%s, %s, %s, to_timestamp(%s))",
                    (user_id, movie_id, int(rng.integers(6, 11)) / 2, 1_000_000 + second),
                )
