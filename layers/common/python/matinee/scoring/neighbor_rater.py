"""Stars from the most similar movies that the user rated: item-based KNN."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.domain.ratings import STARS
from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.history import History
from matinee.scoring.rater import RatedUser


@dataclass(frozen=True, slots=True)
class NeighborRater:
    """Similarity-weighted mean of the user's ratings of similar items.

    With biases (KNNBaseline) the mean is of ratings minus baselines and the item's baseline is
    added; without (KNNBasic) it is of ratings, and what has no neighbors gets the global mean.

    Parameters
    ----------
    global_mean : float
        Mean rating of the training data, in stars.
    similar_offsets : ndarray of shape (n_items + 1,), int64
        Row i's similar items are at ``similar_offsets[i]:similar_offsets[i + 1]``.
    similar_items : ndarray of shape (n_pairs,), int32
        Rows of similar items.
    similarities : ndarray of shape (n_pairs,), float64
        Positive. Not float32: rounding would make ties and so change which neighbors count.
    n_neighbors, min_neighbors : int
        Most neighbors that count, and fewest that are enough.
    item_biases : ndarray of shape (n_items,), float32, optional
        Given for KNNBaseline.

    References
    ----------
    Koren (2010), "Factor in the Neighbors: Scalable and Accurate Collaborative Filtering".
    """

    global_mean: float
    similar_offsets: Indices
    similar_items: Indices
    similarities: Vector
    n_neighbors: int
    min_neighbors: int
    item_biases: Vector | None = None

    def predict(self, user: RatedUser, item_indices: Indices) -> Vector:
        """Predict stars; see `matinee.scoring.rater.Rater.predict`."""
        place = np.full(len(self.similar_offsets) - 1, -1, np.int64)
        place[user.history.item_indices] = np.arange(len(user.history))
        user_bias = self._user_bias(user)
        stars = [self._predict_one(user.history, place, user_bias, int(i)) for i in item_indices]
        return np.clip(np.array(stars, np.float64), STARS.low, STARS.high)

    def _predict_one(
        self, history: History, place: Indices, user_bias: float, item_index: int
    ) -> float:
        start, stop = self.similar_offsets[item_index], self.similar_offsets[item_index + 1]
        places = place[self.similar_items[start:stop]]
        is_rated = places >= 0
        places, similarities = places[is_rated], self.similarities[start:stop][is_rated]
        baseline = self.global_mean
        if self.item_biases is not None:
            baseline += user_bias + float(self.item_biases[item_index])
        if len(places) < max(self.min_neighbors, 1):
            return baseline
        # Ties go to what was rated first, as in Surprise.
        nearest = np.lexsort((places, -similarities))[: self.n_neighbors]
        places, similarities = places[nearest], similarities[nearest]
        values = history.ratings[places].astype(np.float64)
        if self.item_biases is None:
            return float(similarities @ values / similarities.sum())
        values -= self.global_mean + user_bias + self.item_biases[history.item_indices[places]]
        return baseline + float(similarities @ values / similarities.sum())

    def _user_bias(self, user: RatedUser) -> float:
        if self.item_biases is None:
            return 0.0
        if user.bias is not None:
            return user.bias
        if len(user.history) == 0:
            return 0.0
        residuals = user.history.ratings - self.item_biases[user.history.item_indices]
        # Shrunk like Surprise's ALS baselines, whose default for users is 15.
        return float((residuals - self.global_mean).sum() / (15 + len(user.history)))
