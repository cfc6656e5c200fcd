"""Which items to ask somebody about of whom nothing is known."""

from __future__ import annotations

import numpy as np

from matinee.scoring.arrays import Indices, Mask, Matrix, Vector
from matinee.scoring.item_item import ItemItemScorer

NEWNESS_WEIGHT = 0.5
"""How much being unlike the items asked before counts against being worth asking about."""


def rating_entropies(counts: Indices) -> Vector:
    """Measure how divided people are about items.

    Parameters
    ----------
    counts : ndarray of shape (n_items, n_stars), integer
        How often each item got each rating.

    Returns
    -------
    ndarray of shape (n_items,), float64
        Shannon's entropy of each row in bits; 0 for items without ratings.
    """
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = counts / totals
    logarithms = np.log2(shares, out=np.zeros(shares.shape), where=shares > 0)
    entropies: Vector = np.abs((shares * logarithms).sum(axis=1))
    return entropies


def worth_asking(popularity: Vector, entropies: Vector | None) -> Vector:
    """Tell how much an answer about each item would say, times how likely there is one.

    Parameters
    ----------
    popularity : ndarray of shape (n_items,), floating
        Number of ratings.
    entropies : ndarray of shape (n_items,), floating, optional
        See `rating_entropies`; where they are not known, popularity decides alone.

    Returns
    -------
    ndarray of shape (n_items,), float64
        ``log(popularity) * entropy``, 0 or more; unitless.

    References
    ----------
    Rashid et al. (2002), "Getting to Know You: Learning New User Preferences in Recommender
    Systems" (Pop*Ent).
    """
    logarithms = np.log(np.maximum(popularity, 1).astype(np.float64))
    return logarithms if entropies is None else logarithms * entropies


def likeness(ranker: ItemItemScorer, item_genres: Mask, rows: Indices) -> Matrix:
    """Measure how alike items are, by who rates them and by what they are.

    Parameters
    ----------
    ranker : ItemItemScorer
        Half is the weight between two items as a part of the strongest weight of either.
    item_genres : ndarray of shape (n_items, n_genres), bool
        Half is the part that two items have in common of the genres of both (Jaccard).
    rows : ndarray of shape (n,), integer
        Rows of the items, each once.

    Returns
    -------
    ndarray of shape (n, n), float64
        0 to 1, symmetric.
    """
    place = np.full(len(item_genres), -1, np.int64)
    place[rows] = np.arange(len(rows))
    kinship = np.zeros((len(rows), len(rows)))
    for source, row in enumerate(rows.tolist()):
        neighbors, weights = ranker.neighbors_of(row)
        targets = place[neighbors]
        counts = (targets >= 0) & (weights > 0)
        if counts.any():
            kinship[source, targets[counts]] = weights[counts] / weights.max()
    genres = item_genres[rows].astype(np.int64)
    common = genres @ genres.T
    sizes = genres.sum(axis=1)
    either = np.maximum(sizes[:, None] + sizes - common, 1)
    both: Matrix = (np.maximum(kinship, kinship.T) + common / either) / 2
    return both


def choose_unlike(values: Vector, alike: Matrix, n: int, *, alike_asked: Vector) -> Indices:
    """Choose items one by one: worth asking about, and unlike those asked about before.

    Parameters
    ----------
    values : ndarray of shape (n_items,), floating
        What each item is worth, 0 or more.
    alike : ndarray of shape (n_items, n_items), floating
        How alike two items are, 0 to 1.
    n : int
        Most items wanted.
    alike_asked : ndarray of shape (n_items,), floating
        How alike each item is to the closest of those asked about before; 0 without any.

    Returns
    -------
    ndarray of shape (at most n,), int64
        Places, the first choice first; ties go to the lower place.

    References
    ----------
    Carbonell, Goldstein (1998), "The Use of MMR, Diversity-Based Reranking for Reordering
    Documents and Producing Summaries".
    """
    values = values / max(float(values.max(initial=0)), 1e-12)
    closest = alike_asked.astype(np.float64)
    is_free = np.ones(len(values), np.bool_)
    chosen = []
    for _ in range(min(n, len(values))):
        worth = np.where(is_free, values - NEWNESS_WEIGHT * closest, -np.inf)
        place = int(worth.argmax())
        chosen.append(place)
        is_free[place] = False
        closest = np.maximum(closest, alike[place])
    return np.array(chosen, np.int64)
