"""Orders items by score and cuts the list."""

from __future__ import annotations

import numpy as np

from matinee.scoring.arrays import Indices, Mask, Vector


def rank_top_n(scores: Vector, candidates: Mask, n: int) -> Indices:
    """Return the rows of the best candidates, best first.

    Parameters
    ----------
    scores : ndarray of shape (n_items,), floating
        Unitless; must be finite.
    candidates : ndarray of shape (n_items,), bool
        Items that may be listed.
    n : int
        Longest list wanted.

    Returns
    -------
    ndarray of shape (at most n,), int64
        Ties go to the lower row, so that equal requests get equal lists.
    """
    rows = np.flatnonzero(candidates)
    if 0 < n < len(rows):
        candidate_scores = scores[rows]
        cut = len(rows) - n
        threshold = np.partition(candidate_scores, cut)[cut]
        rows = rows[candidate_scores >= threshold]
    return rows[np.argsort(-scores[rows], kind="stable")][:n]
