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
    targets : ndarray of shape (n_voters * n_neighbors,), intp
        Items spoken for, one voter after the other.
    values : ndarray of shape (n_voters * n_neighbors,), float32
        What is added to the target's score; 0 for padding.
    voters : ndarray of shape (n_voters,), int64
        Places in the history of the rated items that vote: those that count and are ranked.
    n_items : int
        Items in the catalogue.
    n_rated : int
        Ratings in the history.
    """

    targets: Indices
    values: Vector
    voters: Indices
    n_items: int
    n_rated: int

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
        n_neighbors = len(self.targets) // max(len(self.voters), 1)
        split[place[self.targets[hits]] - 1, self.voters[hits // max(n_neighbors, 1)]] = values
        return split


@dataclass(frozen=True, slots=True)
class ItemItemScorer:
    """Item-item model with the strongest weights of each movie.

    The score of item i is the sum over rated items j of ``w_j * B[j, i]``, where w comes from
    the history's weighting and B is sparse.

    Parameters
    ----------
    rows : ndarray of shape (n_items,), int32
        Where an item is in the next two; -1 for items with too few ratings to say anything.
    neighbors : ndarray of shape (n_ranked, n_neighbors), int32
        The items that a rating of this one speaks for.
    weights : ndarray of shape (n_ranked, n_neighbors), float32
        Their ``B[j, i]``; 0 where there are fewer neighbors.
    weighting : HistoryWeighting
        How much each rating counts.

    References
    ----------
    Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data" (EASE).
    """

    rows: Indices
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
        rows = self.rows[counted.item_indices]
        ranked = np.flatnonzero(rows >= 0)
        rows = rows[ranked]
        values = self.weights[rows] * self.weighting.weigh(counted)[ranked, None]
        return Votes(
            # Widened once: numpy would do so for every use as an index.
            targets=self.neighbors[rows].ravel().astype(np.intp),
            values=values.ravel(),
            voters=ranked + (len(history) - len(counted)),
            n_items=len(self.rows),
            n_rated=len(history),
        )

    def neighbors_of(self, item_index: int) -> tuple[Indices, Vector]:
        """Return the items that a rating of one item speaks for, and how much.

        Parameters
        ----------
        item_index : int
            Row of the item in the catalogue.

        Returns
        -------
        neighbors : ndarray of shape (n_neighbors,), int32
            Empty when the item is not ranked.
        weights : ndarray of shape (n_neighbors,), float32
            In the order of `neighbors`; 0 for padding.
        """
        row = int(self.rows[item_index])
        found = slice(row, row + 1) if row >= 0 else slice(0)
        return self.neighbors[found].ravel(), self.weights[found].ravel()

    def score(self, history: History) -> Vector:
        """Score every item; see `Votes.scores`."""
        return self.votes(history).scores()
