"""Judges lists as users would get them: every unseen item ranked, scored by the serving code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from matinee.evaluation.metrics import catalogue_coverage, ndcg_at_n, recall_at_n
from matinee.evaluation.splits import HoldOut
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.history import History
from matinee.scoring.ranking import rank_top_n

ListScorer: TypeAlias = Callable[[int, History], Vector]
"""From a user's row and training history to a score for every item."""


@dataclass(frozen=True, slots=True)
class ListReport:
    """How good a scorer's lists are.

    Parameters
    ----------
    users : ndarray of shape (n_users,), integer
        Rows of the judged users.
    lists : ndarray of shape (n_users, n), int64
        Item rows of each one's list, best first; -1 where it is shorter.
    ndcg : ndarray of shape (n_users,), float64
        NDCG@n of each.
    recall : ndarray of shape (n_users,), float64
        Recall@n of each.
    is_hit : ndarray of shape (n_users,), bool
        Whether the list of each held a relevant item; their mean is the hit rate.
    coverage : float
        Share of the catalogue that somebody was shown.
    """

    users: Indices
    lists: Indices
    ndcg: Vector
    recall: Vector
    is_hit: Mask
    coverage: float


def select_test_users(
    split: HoldOut, *, rng: np.random.Generator, max_users: int | None = None
) -> Indices:
    """Pick the users that lists are judged with.

    Parameters
    ----------
    split : HoldOut
        The ratings.
    rng : numpy.random.Generator
        Draws the sample when there are too many.
    max_users : int, optional
        Most users wanted; all when not given.

    Returns
    -------
    ndarray of shape (n_users,), int64
        Rows of users with something held out, ascending.
    """
    users = np.flatnonzero(split.test.lengths > 0)
    if max_users is not None and len(users) > max_users:
        users = np.sort(rng.choice(users, max_users, replace=False))
    return users


def evaluate_lists(
    scorer: ListScorer, split: HoldOut, *, users: Indices, n_items: int, n: int = 10
) -> ListReport:
    """Rank every unseen item for each user and compare with what they rated next.

    Every held-out item is relevant, whatever its stars: the question is what people watch next.

    Parameters
    ----------
    scorer : callable
        Takes a user's row and training history, returns a score for every item.
    split : HoldOut
        Training histories and what came after.
    users : ndarray of shape (n_users,), integer
        Rows of the users to judge by; each has something held out.
    n_items : int
        Size of the catalogue.
    n : int
        Length of the lists.

    Returns
    -------
    ListReport
        Figures per user.
    """
    lists = np.full((len(users), n), -1, np.int64)
    hits = np.zeros((len(users), n), np.bool_)
    is_candidate = np.ones(n_items, np.bool_)
    for row, user_index in enumerate(users):
        history = split.train.of(int(user_index))
        is_candidate[history.item_indices] = False
        ranked = rank_top_n(scorer(int(user_index), history), is_candidate, n)
        is_candidate[history.item_indices] = True
        lists[row, : len(ranked)] = ranked
        hits[row, : len(ranked)] = np.isin(ranked, split.test.of(int(user_index)).item_indices)
    n_relevant = split.test.lengths[users]
    return ListReport(
        users,
        lists,
        ndcg_at_n(hits, n_relevant),
        recall_at_n(hits, n_relevant),
        np.asarray(hits.any(axis=1)),
        catalogue_coverage(lists, n_items),
    )
