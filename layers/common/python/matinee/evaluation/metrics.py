"""Metrics for lists and for stars, each with its definition."""

from __future__ import annotations

import numpy as np

from matinee.scoring.arrays import Indices, Mask, Vector


def ndcg_at_n(hits: Mask, n_relevant: Indices) -> Vector:
    """Normalised discounted cumulative gain with binary relevance.

    A hit at rank r (from 1) gains ``1 / log2(r + 1)``; the sum is divided by that of the best
    list possible.

    Parameters
    ----------
    hits : ndarray of shape (n_users, n), bool
        Whether the item at each rank is relevant, best rank first.
    n_relevant : ndarray of shape (n_users,), integer
        Relevant items of each user, at least 1, found or not.

    Returns
    -------
    ndarray of shape (n_users,), float64
        Between 0 and 1.

    References
    ----------
    Järvelin, Kekäläinen (2002), "Cumulated Gain-Based Evaluation of IR Techniques".
    """
    n = hits.shape[1]
    discounts = 1 / np.log2(np.arange(2, n + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])
    ndcg: Vector = (hits @ discounts) / ideal[np.minimum(n_relevant, n)]
    return ndcg


def recall_at_n(hits: Mask, n_relevant: Indices) -> Vector:
    """Share of the relevant items that the list holds.

    Parameters
    ----------
    hits : ndarray of shape (n_users, n), bool
        Whether the item at each rank is relevant.
    n_relevant : ndarray of shape (n_users,), integer
        Relevant items of each user, at least 1, found or not.

    Returns
    -------
    ndarray of shape (n_users,), float64
        Between 0 and 1; 1 cannot be reached by users with more than n relevant items.

    References
    ----------
    Herlocker et al. (2004), "Evaluating Collaborative Filtering Recommender Systems".
    """
    found: Vector = hits.sum(axis=1) / n_relevant
    return found


def catalogue_coverage(lists: Indices, n_items: int) -> float:
    """Share of the catalogue that at least one user is shown.

    Parameters
    ----------
    lists : ndarray of shape (n_users, n), integer
        Item rows; -1 where a list is shorter than n.
    n_items : int
        Size of the catalogue.

    Returns
    -------
    float
        Between 0 and 1.

    References
    ----------
    Ge, Delgado-Battenfeld, Jannach (2010), "Beyond Accuracy: Evaluating Recommender Systems by
    Coverage and Serendipity".
    """
    shown = np.unique(lists[lists >= 0])
    return len(shown) / n_items


def rmse(ratings: Vector, predicted: Vector) -> float:
    """Root mean squared error.

    Parameters
    ----------
    ratings, predicted : ndarray of shape (n,), floating
        In stars.

    Returns
    -------
    float
        In stars.

    References
    ----------
    Herlocker et al. (2004), "Evaluating Collaborative Filtering Recommender Systems".
    """
    errors = predicted.astype(np.float64) - ratings
    return float(np.sqrt(np.mean(errors**2)))


def mae(ratings: Vector, predicted: Vector) -> float:
    """Mean absolute error.

    Parameters
    ----------
    ratings, predicted : ndarray of shape (n,), floating
        In stars.

    Returns
    -------
    float
        In stars.

    References
    ----------
    Herlocker et al. (2004), "Evaluating Collaborative Filtering Recommender Systems".
    """
    return float(np.mean(np.abs(predicted.astype(np.float64) - ratings)))
