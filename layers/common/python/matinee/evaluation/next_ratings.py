"""How good lists are, by how many of the ratings that follow are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.evaluation.metrics import ndcg_at_n
from matinee.scoring.arrays import Indices
from matinee.scoring.histories import Histories

NEXT_RATINGS = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class NextQuality:
    """How good lists are when a user's next `n_relevant` ratings are what counts.

    Parameters
    ----------
    n_relevant : int
        How many ratings after the list are looked at.
    n_users : int
        Users who have as many.
    hit_rate : float
        Share of their lists that hold any of these ratings' items.
    ndcg : float
        Mean NDCG of their lists.
    """

    n_relevant: int
    n_users: int
    hit_rate: float
    ndcg: float


def quality_by_next_ratings(
    lists: Indices, users: Indices, held_out: Histories, *, rng: np.random.Generator
) -> list[NextQuality]:
    """Judge lists by the first 1, 2, 4, ... ratings that were held out.

    Whoever rates thirty items after a list hits it far more easily than somebody who rates one.
    Every user counts for all numbers up to that of their own held-out ratings, so that short
    futures are known even where everybody has a long one.

    Parameters
    ----------
    lists : ndarray of shape (n_users, n), integer
        Item rows, best first; -1 where a list is shorter.
    users : ndarray of shape (n_users,), integer
        Whose lists they are; each has something held out.
    held_out : Histories
        What these users rated next.
    rng : numpy.random.Generator
        Decides which of the ratings of one second came first.

    Returns
    -------
    list of NextQuality
        By `n_relevant`; numbers that nobody has are left out.
    """
    places = _places(lists, users, held_out, rng)
    lengths = held_out.lengths[users]
    found = []
    for n_relevant in NEXT_RATINGS:
        hits = places[lengths >= n_relevant] < n_relevant
        if len(hits):
            ndcg = ndcg_at_n(hits, np.full(len(hits), n_relevant)).mean()
            hit_rate = hits.any(axis=1).mean()
            found.append(NextQuality(n_relevant, len(hits), float(hit_rate), float(ndcg)))
    return found


def _places(
    lists: Indices, users: Indices, held_out: Histories, rng: np.random.Generator
) -> Indices:
    """Return when each listed item was rated: 0 first, beyond everything where it was not."""
    order = np.lexsort((rng.random(len(held_out)), held_out.times, held_out.user_indices))
    items = held_out.item_indices[order]
    places = np.full(lists.shape, len(held_out), np.int64)
    for row, user in enumerate(users.tolist()):
        next_items = items[held_out.offsets[user] : held_out.offsets[user + 1]]
        is_same = lists[row][:, None] == next_items
        found = is_same.any(axis=1)
        places[row, found] = is_same[found].argmax(axis=1)
    return places
