"""One order for several people, from how much each would like each item."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from matinee.domain.ratings import STARS
from matinee.scoring.arrays import Indices, Matrix, Vector


class GroupMethod(StrEnum):
    """How many opinions become one order."""

    AVERAGE = "average"
    """The highest mean satisfaction first."""
    LEAST_MISERY = "least_misery"
    """The highest satisfaction of the least satisfied member first."""
    FAIRNESS = "fairness"
    """What serves those best who got least from the list so far."""


def satisfactions(scores: Matrix, stars: Matrix) -> Matrix:
    """Put the opinions of different members on one scale.

    Half is the score as a part of the member's highest one: scores have no unit, and members with
    long histories have higher ones. Half is the predicted rating on its scale, so that an item
    that a member's ranker is silent about can still be better or worse.

    Parameters
    ----------
    scores : ndarray of shape (n_members, n_items), floating
        Unitless, not negative.
    stars : ndarray of shape (n_members, n_items), floating
        Predicted ratings, on the scale of stars.

    Returns
    -------
    ndarray of shape (n_members, n_items), float64
        0 to 1.
    """
    highest = scores.max(axis=1, keepdims=True, initial=0).astype(np.float64)
    relevance = np.divide(scores, highest, out=np.zeros(scores.shape), where=highest > 0)
    joined: Matrix = (relevance + (stars - STARS.low) / (STARS.high - STARS.low)) / 2
    return joined


def rank_for_group(satisfaction: Matrix, method: GroupMethod, n: int) -> tuple[Indices, Vector]:
    """Order items for a group.

    Parameters
    ----------
    satisfaction : ndarray of shape (n_members, n_items), floating
        0 to 1, comparable between members; at least one member.
    method : GroupMethod
        How opinions are joined.
    n : int
        Longest list wanted.

    Returns
    -------
    columns : ndarray of shape (at most n,), int64
        Columns of `satisfaction`, best first; ties go to the lower one.
    scores : ndarray of shape (at most n,), float64
        What the method ordered by, never increasing.
    """
    match method:
        case GroupMethod.AVERAGE:
            return _by(satisfaction.mean(axis=0), n)
        case GroupMethod.LEAST_MISERY:
            return by_least_misery(satisfaction, n)
        case GroupMethod.FAIRNESS:
            return by_fairness(satisfaction, n)


def by_least_misery(satisfaction: Matrix, n: int) -> tuple[Indices, Vector]:
    """Order by the least satisfied member; equal ones by the mean.

    Parameters
    ----------
    satisfaction : ndarray of shape (n_members, n_items), floating
        As in `rank_for_group`.
    n : int
        Longest list wanted.

    Returns
    -------
    columns, scores : ndarray of shape (at most n,)
        As in `rank_for_group`; a score is the least satisfaction.

    References
    ----------
    O'Connor et al. (2001), "PolyLens: A Recommender System for Groups of Users";
    Masthoff (2015), "Group Recommender Systems: Aggregation, Satisfaction and Group Attributes".
    """
    least = satisfaction.min(axis=0)
    columns = np.lexsort((-satisfaction.mean(axis=0), -least))[:n]
    return columns, least[columns]


def by_fairness(satisfaction: Matrix, n: int) -> tuple[Indices, Vector]:
    """Choose item by item what raises the sum of the logarithms of the members' shares most.

    A member's share is what the list so far gave beyond the worst item for that member, plus half
    an item's worth, so that one of four members who agrees on nothing with the others gets about
    one place in four, as Sainte-Laguë's rule gives seats. The logarithm makes the next bit worth
    more to whoever has less: it maximises Nash's product, whose optimum is proportionally fair.
    The sum is monotone and submodular, so that choosing greedily reaches at least ``1 - 1/e`` of
    the best list's gain, and the gains, which are the scores, never increase.

    Parameters
    ----------
    satisfaction : ndarray of shape (n_members, n_items), floating
        As in `rank_for_group`.
    n : int
        Longest list wanted.

    Returns
    -------
    columns, scores : ndarray of shape (at most n,)
        As in `rank_for_group`; a score is the mean gain of the members.

    References
    ----------
    Nash (1950), "The Bargaining Problem"; Kelly et al. (1998), "Rate Control for Communication
    Networks: Shadow Prices, Proportional Fairness and Stability"; Nemhauser et al. (1978), "An
    Analysis of Approximations for Maximizing Submodular Set Functions". Choosing greedily for a
    group's list as a whole: Serbos et al. (2017), "Fairness in Package-to-Group
    Recommendations"; Xiao et al. (2017), "Fairness-Aware Group Recommendation with
    Pareto-Efficiency".
    """
    n_members, n_items = satisfaction.shape
    gains = satisfaction - satisfaction.min(axis=1, keepdims=True, initial=1)
    shares = np.full((n_members, 1), 0.5)
    is_free = np.ones(n_items, np.bool_)
    columns, scores = [], []
    for _ in range(min(n, n_items)):
        growth = np.where(is_free, np.log1p(gains / shares).mean(axis=0), -1.0)
        column = int(growth.argmax())
        columns.append(column)
        scores.append(float(growth[column]))
        shares += gains[:, [column]]
        is_free[column] = False
    return np.array(columns, np.int64), np.array(scores)


def _by(scores: Vector, n: int) -> tuple[Indices, Vector]:
    columns = np.argsort(-scores, kind="stable")[:n]
    return columns, scores[columns]
