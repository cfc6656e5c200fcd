"""What every rating algorithm promises: its arrays predict what Surprise predicts."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from matinee.scoring.histories import Histories
from matinee.scoring.history import History
from matinee.scoring.rater import RatedUser
from trainer.algorithms import ALGORITHMS, RaterAlgorithm
from trainer.rater import FittedRater, fit_rater

N_USERS, N_ITEMS = 40, 60
UNRATED_ITEMS = (0, 31, N_ITEMS - 1)
USER_WITHOUT_RATINGS = 7
# Small enough that every branch comes up: too few neighbors, more than enough, equally similar.
PARAMETERS: dict[str, tuple[dict[str, object], ...]] = {
    "SVD": ({}, {"n_factors": 3}),
    "SVDpp": ({"n_epochs": 5},),
    "KNNBasic": (
        {"min_support": 1, "k": 5},
        {"similarity": "cosine", "min_k": 4},
        {"similarity": "pearson", "min_support": 2},
        {"min_support": 1, "max_pairs": 300},
    ),
    "KNNBaseline": ({"min_support": 1, "k": 5}, {"similarity": "msd"}, {"max_pairs": 300}),
    "BaselineOnly": ({},),
}
CASES = [
    pytest.param(name, parameters, id=f"{name}-{number}")
    for name, choices in PARAMETERS.items()
    for number, parameters in enumerate(choices)
]


@cache
def ratings() -> Histories:
    """Return ratings with many ties, unrated items and a user without ratings."""
    rng = np.random.default_rng(5)
    lengths = rng.integers(1, 25, N_USERS)
    lengths[USER_WITHOUT_RATINGS] = 0
    rated = np.setdiff1d(np.arange(N_ITEMS), UNRATED_ITEMS)
    items = np.concatenate([rng.choice(rated, length, replace=False) for length in lengths])
    return Histories(
        np.concatenate([[0], np.cumsum(lengths)]),
        items.astype(np.int32),
        (rng.integers(1, 11, len(items)) / 2).astype(np.float32),
        np.arange(len(items), dtype=np.int64),
    )


def fit(name: str, parameters: dict[str, object]) -> FittedRater:
    algorithm: RaterAlgorithm = ALGORITHMS[name].model_validate(parameters)
    return fit_rater(algorithm, ratings(), n_items=N_ITEMS, seed=3)


def surprise_stars(fitted: FittedRater, user: object) -> NDArray[np.float64]:
    return np.array([fitted.surprise_algorithm.predict(user, i).est for i in range(N_ITEMS)])


def test_contract_covers_every_algorithm() -> None:
    assert set(PARAMETERS) == set(ALGORITHMS)


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_exported_arrays_predict_what_surprise_predicts(
    name: str, parameters: dict[str, object]
) -> None:
    fitted = fit(name, parameters)
    rater = fitted.exported.rater()
    for user_index in range(N_USERS):
        served = rater.predict(fitted.rated_user(ratings(), user_index), np.arange(N_ITEMS))
        np.testing.assert_allclose(served, surprise_stars(fitted, user_index), atol=1e-4)


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_exported_arrays_of_an_unknown_user_predict_what_surprise_predicts(
    name: str, parameters: dict[str, object]
) -> None:
    fitted = fit(name, parameters)
    served = fitted.exported.rater().predict(RatedUser(History.empty()), np.arange(N_ITEMS))
    np.testing.assert_allclose(served, surprise_stars(fitted, "nobody"), atol=1e-4)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_fitting_twice_with_one_seed_gives_equal_arrays(name: str) -> None:
    first, second = (fit(name, PARAMETERS[name][0]).exported for _ in range(2))
    for array_name, array in first.item_arrays.items():
        np.testing.assert_array_equal(array, second.item_arrays[array_name])


@pytest.mark.parametrize("name", ALGORITHMS)
def test_search_space_holds_valid_parameters(name: str) -> None:
    for change in ALGORITHMS[name].search_space:
        assert ALGORITHMS[name].model_validate(change) != ALGORITHMS[name]()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_unknown_parameter_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="no_such_parameter"):
        ALGORITHMS[name].model_validate({"no_such_parameter": 1})
