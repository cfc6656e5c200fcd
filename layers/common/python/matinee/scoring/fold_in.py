"""Places a user that the rater was not trained on."""

from __future__ import annotations

import numpy as np

from matinee.scoring.arrays import Matrix, Vector


def fold_in_user(
    item_factors: Matrix, residuals: Vector, *, regularization: float
) -> tuple[float, Vector]:
    """Estimate a bias and factors for an unknown user, item factors fixed.

    Ridge regression of the residuals on ``[1, q_i]``.

    Parameters
    ----------
    item_factors : ndarray of shape (n_rated, n_factors), float32
        Rows of the items this user rated, in the order of `residuals`.
    residuals : ndarray of shape (n_rated,), float32
        Ratings minus global mean and item bias, in stars.
    regularization : float
        L2 strength on bias and factors; must be positive.

    Returns
    -------
    bias : float
        In stars; 0 when nothing was rated.
    factors : ndarray of shape (n_factors,), float32
        All zeros when nothing was rated.

    References
    ----------
    Zhou et al. (2008), "Large-Scale Parallel Collaborative Filtering for the Netflix Prize".
    """
    n_rated, n_factors = item_factors.shape
    if n_rated == 0:
        return 0.0, np.zeros(n_factors, np.float32)
    design = np.hstack([np.ones((n_rated, 1), np.float32), item_factors])
    # The dual form solves the smaller of the two systems for short histories.
    if n_rated <= n_factors:
        gram = design @ design.T + regularization * np.eye(n_rated, dtype=np.float32)
        solution = design.T @ np.linalg.solve(gram, residuals)
    else:
        gram = design.T @ design + regularization * np.eye(n_factors + 1, dtype=np.float32)
        solution = np.linalg.solve(gram, design.T @ residuals)
    return float(solution[0]), solution[1:].astype(np.float32)
