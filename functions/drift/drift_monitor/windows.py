"""Which ratings are the reference and which are current, as columns that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matinee.artifacts.model import Model
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.arrivals import ArrivedRatings, MovieFacts

REFERENCE_FACTOR = 4
LEAST_REFERENCE_ROWS = 5_000
MOST_REFERENCE_ROWS = 200_000
NO_GENRE = "none"


@dataclass(frozen=True, slots=True)
class Window:
    """Ratings, a row each.

    Parameters
    ----------
    user_ids, movie_ids : ndarray of shape (n_ratings,), int64
        Who rated what.
    ratings : ndarray of shape (n_ratings,), float32
        In stars.
    times : ndarray of shape (n_ratings,), int64
        When the user rated, in seconds since 1970 UTC, or `UNKNOWN_TIME`.
    years : ndarray of shape (n_ratings,), int64
        Of the movie, 0 where unknown.
    genres : ndarray of shape (n_ratings,), str
        One genre of the movie; movies with several take theirs in turn.
    is_new_user, is_new_movie : ndarray of shape (n_ratings,), bool
        Whether user or movie had no rating before the window.
    """

    user_ids: Indices
    movie_ids: Indices
    ratings: Vector
    times: Indices
    years: Indices
    genres: NDArray[np.str_]
    is_new_user: Mask
    is_new_movie: Mask

    def __len__(self) -> int:
        return len(self.ratings)

    @property
    def n_users(self) -> int:
        """How many users rated."""
        return len(np.unique(self.user_ids))

    @property
    def is_dated(self) -> bool:
        """Whether most ratings have a time."""
        return len(self) > 0 and bool(np.mean(self.times != UNKNOWN_TIME) > 0.5)

    def take(self, rows: Indices) -> Self:
        """Return some of the rows, repeated ones as often as asked for."""
        return type(self)(*(getattr(self, name)[rows] for name in self.__slots__))


def current_window(arrived: ArrivedRatings, movies: MovieFacts, model: Model) -> Window:
    """Arrange the ratings that arrived since the champion was trained.

    Parameters
    ----------
    arrived : ArrivedRatings
        Newest first.
    movies : MovieFacts
        Years and genres of every rated movie.
    model : Model
        The champion; what its snapshot did not hold is new.

    Returns
    -------
    Window
        The same rows in the same order.
    """
    rows, is_known = model.catalogue.rows(arrived.movie_ids)
    is_rated = np.zeros(len(arrived.movie_ids), np.bool_)
    is_rated[is_known] = model.catalogue.item_popularity[rows[is_known]] > 0
    return Window(
        user_ids=arrived.user_ids,
        movie_ids=arrived.movie_ids,
        ratings=arrived.ratings,
        times=arrived.times,
        years=movies.years_of(arrived.movie_ids),
        genres=_in_turn([movies.genres[movie_id] for movie_id in arrived.movie_ids.tolist()]),
        is_new_user=~np.isin(arrived.user_ids, known_users(model)),
        is_new_movie=~is_rated,
    )


def reference_length(n_current: int) -> int:
    """Return how many ratings a current window is best compared with."""
    return min(max(REFERENCE_FACTOR * n_current, LEAST_REFERENCE_ROWS), MOST_REFERENCE_ROWS)


def reference_window(model: Model, n_wanted: int, rng: np.random.Generator) -> Window:
    """Take the newest ratings that the champion was trained on.

    Parameters
    ----------
    model : Model
        The champion.
    n_wanted : int
        How many.
    rng : numpy.random.Generator
        Chooses the rows where the ratings have no times.

    Returns
    -------
    Window
        At most half of the snapshot, so that there is a past to tell new users by.
    """
    users, items, ratings, times = _snapshot(model)
    wanted = min(n_wanted, (len(times) + 1) // 2)
    is_dated = np.mean(times != UNKNOWN_TIME) > 0.5 if len(times) else False
    # Ties are broken by chance: rows of one second are stored by user.
    order = np.lexsort((rng.random(len(times)), times)) if is_dated else rng.permutation(len(times))
    chosen, before = np.sort(order[len(order) - wanted :]), order[: len(order) - wanted]
    catalogue = model.catalogue
    has_past = np.zeros(int(users.max(initial=-1)) + 1, np.bool_)
    has_past[users[before]] = True
    was_rated = np.zeros(len(catalogue), np.bool_)
    was_rated[items[before]] = True
    genres = np.array(catalogue.genres, np.str_)
    names = [genres[has].tolist() for has in catalogue.item_genres]
    return Window(
        user_ids=known_users(model)[users[chosen]],
        movie_ids=catalogue.item_ids[items[chosen]],
        ratings=ratings[chosen],
        times=times[chosen],
        years=catalogue.item_years[items[chosen]].astype(np.int64),
        genres=_in_turn([names[item] for item in items[chosen].tolist()]),
        is_new_user=~has_past[users[chosen]],
        is_new_movie=~was_rated[items[chosen]],
    )


def known_users(model: Model) -> Indices:
    """Return the ids of the users that the champion was trained on, ascending."""
    return np.asarray(model.users.rows("user_ids", 0, model.manifest.data.n_users))


def _snapshot(model: Model) -> tuple[Indices, Indices, Vector, Indices]:
    """Return user row, item row, stars and time of every rating of the snapshot."""
    facts = model.manifest.data
    offsets = model.users.rows("history_offsets", 0, facts.n_users + 1)
    items, ratings, times = (
        np.asarray(model.users.rows(name, 0, facts.n_ratings))
        for name in ("history_items", "history_ratings", "history_times")
    )
    return np.repeat(np.arange(facts.n_users), np.diff(offsets)), items, ratings, times


def _in_turn(genres: list[list[str]]) -> NDArray[np.str_]:
    chosen = [of[place % len(of)] if of else NO_GENRE for place, of in enumerate(genres)]
    return np.array(chosen, np.str_)
