"""How far two windows are apart when nothing has changed: windows drawn from the reference itself.

Whole users are drawn, because the ratings of one user are alike: ten users who rate a hundred
movies each say far less than a thousand users with one rating.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matinee.scoring.arrays import Indices, Vector

N_DRAWS = 200
QUANTILE = 0.995
MOST_DRAWN_USERS = 5_000
"""With as many, chance is far below any threshold; more would only take longer."""


@dataclass(frozen=True, slots=True)
class UserRows:
    """Rows of a table by user.

    Parameters
    ----------
    order : ndarray of shape (n_rows,), int64
        Rows, each user's together.
    starts : ndarray of shape (n_users + 1,), int64
        User u's rows are ``order[starts[u]:starts[u + 1]]``.
    """

    order: Indices
    starts: Indices

    @classmethod
    def of(cls, user_ids: Indices) -> UserRows:
        """Group rows by the user in them."""
        order = np.argsort(user_ids, kind="stable")
        _, firsts = np.unique(user_ids[order], return_index=True)
        return cls(order, np.append(firsts, len(user_ids)))

    @property
    def n_users(self) -> int:
        """How many users there are."""
        return len(self.starts) - 1

    def rows_of(self, users: Indices) -> Indices:
        """Return the rows of some users, one after the other."""
        parts = [self.order[self.starts[user] : self.starts[user + 1]] for user in users]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def draws(self, n_users: int, rng: np.random.Generator) -> Iterator[Indices]:
        """Yield the rows of `n_users` users drawn with replacement, `N_DRAWS` times."""
        for _ in range(N_DRAWS):
            yield self.rows_of(rng.integers(self.n_users, size=min(n_users, MOST_DRAWN_USERS)))

    def pairs(self, n_users: int, rng: np.random.Generator) -> Iterator[tuple[Indices, Indices]]:
        """Yield the rows of as many users as there are, and of `n_users`, drawn alike.

        The reference is a sample too: what it says of itself is as uncertain as what came since.
        """
        return zip(self.draws(self.n_users, rng), self.draws(n_users, rng), strict=True)

    def draws_of_rows(self, n_rows: int, rng: np.random.Generator) -> Iterator[Indices]:
        """Yield `n_rows` rows of users in random order, `N_DRAWS` times."""
        for _ in range(N_DRAWS):
            yield self.rows_of(rng.permutation(self.n_users))[:n_rows]


def above_chance(values: Vector) -> float:
    """Return the value that hardly any exceeds."""
    return float(np.quantile(values, QUANTILE))


def spread(values: Vector) -> tuple[float, float]:
    """Return the median of values, and the distance from it that hardly any exceeds."""
    median = float(np.median(values))
    return median, above_chance(np.abs(values - median))


def spread_of_statistic(
    statistic: Callable[[Indices], float], draws: Iterator[Indices]
) -> tuple[float, float]:
    """Return `spread` of a statistic over draws of rows."""
    return spread(np.array([statistic(rows) for rows in draws]))
