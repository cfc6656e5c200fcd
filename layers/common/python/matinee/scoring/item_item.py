"""Scores movies by what each rated movie says about the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.scoring.arrays import Indices, Matrix, Vector
from matinee.scoring.history import History
from matinee.scoring.weighting import HistoryWeighting


@dataclass(frozen=True, slots=True)
class Votes:
    """What each rated item says about each item that it speaks for.

    Parameters
    ----------
    targets : ndarray of shape (n_counted * n_neighbors,), intp
        Items spoken for, one rated item after the other.
    values : ndarray of shape (n_counted * n_neighbors,), float32
        What is added to the target's score; 0 for padding.
    n_items : int
        Items in the catalogue.
    n_rated : int
        Ratings in the history; the last ``n_counted`` of them vote.
    n_neighbors : int
        Votes of each rated item.
    """

    targets: Indices
    values: Vector
    n_items: int
    n_rated: int
    n_neighbors: int

    def scores(self) -> Vector:
        """Sum the votes for every item.

        Returns
        -------
        ndarray of shape (n_items,), float64
            Unitless; only the order matters. 0 for items that no rated item speaks for.
        """
        scores = np.bincount(self.targets, self.values, minlength=self.n_items)
        # Without any vote numpy counts in integers.
        return scores.astype(np.float64, copy=False)

    def contributions(self, item_indices: Indices) -> Matrix:
        """Split the scores of some items into what each rated item added.

        Parameters
        ----------
        item_indices : ndarray of shape (n,), integer
            Rows of the items to explain, each once.

        Returns
        -------
        ndarray of shape (n, n_rated), float32
            Each row sums to that item's score, to float32 rounding.
        """
        split = np.zeros((len(item_indices), self.n_rated), np.float32)
        place = np.zeros(self.n_items, np.int32)
        place[item_indices] = np.arange(1, len(item_indices) + 1)
        # Few of the many votes are asked about: finding them in a table of bools is cheapest.
        hits = np.flatnonzero((place > 0)[self.targets])
        values = self.values[hits]
        # Padding names item 0, perhaps beside a real vote for it.
        hits, values = hits[values != 0], values[values != 0]
        n_ignored = self.n_rated - len(self.targets) // max(self.n_neighbors, 1)
        split[place[self.targets[hits]] - 1, hits // self.n_neighbors + n_ignored] = values
        return split


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

    def votes(self, history: History) -> Votes:
        """Let each rated item speak.

        Parameters
        ----------
        history : History
            What the user rated.

        Returns
        -------
        Votes
            Scores of all items, and contributions to those of some.
        """
        counted = self.weighting.counted(history)
        values = self.weights[counted.item_indices] * self.weighting.weigh(counted)[:, None]
        return Votes(
            # Widened once: numpy would do so for every use as an index.
            targets=self.neighbors[counted.item_indices].ravel().astype(np.intp),
            values=values.ravel(),
            n_items=len(self.neighbors),
            n_rated=len(history),
            n_neighbors=self.neighbors.shape[1],
        )

    def score(self, history: History) -> Vector:
        """Score every item; see `Votes.scores`."""
        return self.votes(history).scores()
