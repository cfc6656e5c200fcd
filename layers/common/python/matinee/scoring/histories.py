"""Many users' histories in three flat arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.history import History


@dataclass(frozen=True, slots=True)
class Histories:
    """Histories one after the other, user rows 0..n_users-1.

    Parameters
    ----------
    offsets : ndarray of shape (n_users + 1,), int64
        User u's ratings are at ``offsets[u]:offsets[u + 1]``.
    item_indices : ndarray of shape (n_ratings,), int32
        Rows of the rated items, each user's in history order.
    ratings : ndarray of shape (n_ratings,), float32
        In stars.
    times : ndarray of shape (n_ratings,), int64
        Seconds since 1970 UTC, `UNKNOWN_TIME` where the source did not say.
    """

    offsets: Indices
    item_indices: Indices
    ratings: Vector
    times: Indices

    @property
    def n_users(self) -> int:
        """Number of users, those without ratings included."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Indices:
        """Number of ratings of each user, shape (n_users,)."""
        return np.diff(self.offsets)

    @property
    def user_indices(self) -> Indices:
        """The user row of each rating, shape (n_ratings,)."""
        return np.repeat(np.arange(self.n_users, dtype=np.int32), self.lengths)

    def __len__(self) -> int:
        return len(self.item_indices)

    def __iter__(self) -> Iterator[History]:
        return (self.of(user_index) for user_index in range(self.n_users))

    def of(self, user_index: int) -> History:
        """Return one user's history.

        Parameters
        ----------
        user_index : int
            Row of the user.

        Returns
        -------
        History
            Views of these arrays, nothing copied.
        """
        part = slice(int(self.offsets[user_index]), int(self.offsets[user_index + 1]))
        return History(self.item_indices[part], self.ratings[part], self.times[part])

    def keep(self, mask: Mask) -> Self:
        """Drop some ratings but no user.

        Parameters
        ----------
        mask : ndarray of shape (n_ratings,), bool
            True for the ratings that stay.

        Returns
        -------
        Histories
            The same user rows, in the same order.
        """
        kept_before = np.concatenate([[0], np.cumsum(mask, dtype=np.int64)])
        return type(self)(
            kept_before[self.offsets],
            self.item_indices[mask],
            self.ratings[mask],
            self.times[mask],
        )

    def count_items(self, n_items: int) -> Indices:
        """Count the ratings of each item.

        Parameters
        ----------
        n_items : int
            Number of item rows.

        Returns
        -------
        ndarray of shape (n_items,), int64
            Number of ratings.
        """
        return np.bincount(self.item_indices, minlength=n_items)
