"""Scores movies by what each rated movie says about the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.scoring.arrays import Indices, Matrix, Vector
from matinee.scoring.history import History
from matinee.scoring.weighting import HistoryWeighting


@dataclass(frozen=True, slots=True)
class ItemItemScorer:
    """Item-item model with the strongest weights of each movie.

    The score of item i is the sum over rated items j of ``w_j * B[j, i]``, where w comes from
    the history's weighting and B is sparse.

    Parameters
    ----------
    neighbors : ndarray of shape (n_items, n_neighbors), int32
        Row j lists the items that a rating of j speaks for.
    weights : ndarray of shape (n_items, n_neighbors), float32
        ``B[j, neighbors[j]]``; 0 where a row has fewer neighbors.
    weighting : HistoryWeighting
        How much each rating counts.

    References
    ----------
    Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data" (EASE).
    """

    neighbors: Indices
    weights: Matrix
    weighting: HistoryWeighting

    def score(self, history: History) -> Vector:
        """Score every item.

        Parameters
        ----------
        history : History
            What the user rated.

        Returns
        -------
        ndarray of shape (n_items,), float64
            Unitless; only the order matters. 0 for items that no rated item speaks for.
        """
        if len(history) == 0:
            return np.zeros(len(self.neighbors))
        history = self.weighting.counted(history)
        targets = self.neighbors[history.item_indices]
        spoken = self.weights[history.item_indices] * self.weighting.weigh(history)[:, None]
        scores: Vector = np.bincount(
            targets.ravel(), spoken.ravel(), minlength=len(self.neighbors)
        ).astype(np.float64, copy=False)
        return scores

    def contributions(self, history: History, item_indices: Indices) -> Matrix:
        """Split the scores of some items into what each rated item added.

        Parameters
        ----------
        history : History
            What the user rated.
        item_indices : ndarray of shape (n,), integer
            Rows of the items to explain, each once.

        Returns
        -------
        ndarray of shape (n, n_rated), float32
            Each row sums to that item's score, to float32 rounding.
        """
        n_rated = len(history)
        split = np.zeros((len(item_indices), n_rated), np.float32)
        if n_rated == 0 or len(item_indices) == 0:
            return split
        history = self.weighting.counted(history)
        targets = self.neighbors[history.item_indices].ravel()
        place = np.full(len(self.neighbors), -1, np.int32)
        place[item_indices] = np.arange(len(item_indices), dtype=np.int32)
        # Few of the many targets are asked about: finding them in a table of bools is cheapest.
        is_wanted = place >= 0
        hits = np.flatnonzero(is_wanted[targets])
        rated, column = np.divmod(hits, self.neighbors.shape[1])
        spoken = self.weights[history.item_indices[rated], column]
        # Padding repeats an index with weight 0, so the same cell can come up more than once.
        np.add.at(
            split,
            (place[targets[hits]], rated + n_rated - len(history)),
            spoken * self.weighting.weigh(history)[rated],
        )
        return split
