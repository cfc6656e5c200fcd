"""Where ridge regression places a user whom the rater does not know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.scoring.fold_in import fold_in_user


def test_fold_in_without_factors_is_the_shrunk_mean() -> None:
    bias, factors = fold_in_user(
        np.zeros((3, 0), np.float32), np.array([1.0, 1.0, 2.0], np.float32), regularization=1.0
    )
    # (1 + 1 + 2) / (3 + 1)
    assert bias == pytest.approx(1.0)
    assert factors.shape == (0,)


def test_fold_in_of_one_rating_shares_the_residual_between_bias_and_factor() -> None:
    bias, factors = fold_in_user(
        np.array([[2.0]], np.float32), np.array([3.0], np.float32), regularization=1.0
    )
    # design (1, 2): residual * design / (1 + 4 + 1)
    assert bias == pytest.approx(0.5)
    assert factors.tolist() == pytest.approx([1.0])


def test_fold_in_of_no_rating_is_nothing() -> None:
    bias, factors = fold_in_user(
        np.zeros((0, 3), np.float32), np.zeros(0, np.float32), regularization=1.0
    )
    assert bias == 0
    assert factors.tolist() == [0, 0, 0]


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(0, 8))
def test_fold_in_solves_the_same_equations_for_short_and_long_histories(
    seed: int, n_rated: int, n_factors: int
) -> None:
    rng = np.random.default_rng(seed)
    item_factors = rng.normal(size=(n_rated, n_factors)).astype(np.float32)
    residuals = rng.normal(size=n_rated).astype(np.float32)
    bias, factors = fold_in_user(item_factors, residuals, regularization=0.5)
    design = np.hstack([np.ones((n_rated, 1)), item_factors]).astype(np.float64)
    normal_matrix = design.T @ design + 0.5 * np.eye(n_factors + 1)
    expected = np.linalg.solve(normal_matrix, design.T @ residuals)
    assert [bias, *factors] == pytest.approx(expected, abs=1e-3)
