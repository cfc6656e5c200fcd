"""Stars from biases and factors: SVD, SVD++ and plain baselines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.domain.ratings import STARS
from matinee.scoring.arrays import Indices, Matrix, Vector
from matinee.scoring.fold_in import fold_in_user
from matinee.scoring.rater import RatedUser


@dataclass(frozen=True, slots=True)
class FactorRater:
    """``mean + b_u + b_i + q_i . p_u``, each unknown part left out.

    Parameters
    ----------
    global_mean : float
        Mean rating of the training data, in stars.
    item_biases : ndarray of shape (n_items,), float32
        0 for items without a rating.
    item_factors : ndarray of shape (n_items, n_factors), float32
        0 for items without a rating; no columns for a plain baseline.
    regularization : float
        Strength used to place users that the rater was not trained on.

    References
    ----------
    Koren, Bell, Volinsky (2009), "Matrix Factorization Techniques for Recommender Systems";
    Koren (2008), "Factorization Meets the Neighborhood" (SVD++, whose implicit part is already
    summed into each user's factors).
    """

    global_mean: float
    item_biases: Vector
    item_factors: Matrix
    regularization: float

    def predict(self, user: RatedUser, item_indices: Indices) -> Vector:
        """Predict stars; see `matinee.scoring.rater.Rater.predict`."""
        bias, factors = user.bias, user.factors
        if bias is None and len(user.history):
            bias, factors = self._fold_in(user)
        stars = self.global_mean + self.item_biases[item_indices].astype(np.float64)
        if bias is not None:
            stars += bias
        if factors is not None:
            stars += self.item_factors[item_indices].astype(np.float64) @ factors
        return np.clip(stars, STARS.low, STARS.high)

    def _fold_in(self, user: RatedUser) -> tuple[float, Vector]:
        rated = user.history.item_indices
        residuals = user.history.ratings - self.item_biases[rated] - np.float32(self.global_mean)
        return fold_in_user(self.item_factors[rated], residuals, regularization=self.regularization)
