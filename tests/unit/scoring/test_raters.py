"""Stars whose right answers a reader can compute."""

import numpy as np
import pytest

from matinee.scoring.factor_rater import FactorRater
from matinee.scoring.history import History
from matinee.scoring.neighbor_rater import NeighborRater
from matinee.scoring.rater import RatedUser
from tests.support.histories import history

NOBODY = RatedUser(History.empty())
FACTORS = FactorRater(
    global_mean=3.0,
    item_biases=np.array([0.5, -0.5, 0.0], np.float32),
    item_factors=np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]], np.float32),
    regularization=1.0,
)
# Items 0 and 1 are alike (0.8), 0 and 2 a little (0.2); 3 is like nothing.
OFFSETS = np.array([0, 2, 3, 4, 4])
SIMILAR = np.array([1, 2, 0, 0], np.int32)
SIMILARITIES = np.array([0.8, 0.2, 0.8, 0.2])


def neighbors(biases: list[float] | None = None, **changes: int) -> NeighborRater:
    return NeighborRater(
        global_mean=3.0,
        similar_offsets=OFFSETS,
        similar_items=SIMILAR,
        similarities=SIMILARITIES,
        item_biases=None if biases is None else np.array(biases, np.float32),
        **{"n_neighbors": 2, "min_neighbors": 1} | changes,
    )


def stars(rater: FactorRater | NeighborRater, user: RatedUser, *rows: int) -> list[float]:
    predicted: list[float] = rater.predict(user, np.array(rows, np.int64)).tolist()
    return predicted


def test_factors_add_mean_biases_and_the_product_of_factors() -> None:
    user = RatedUser(History.empty(), bias=0.25, factors=np.array([0.5, 0.25], np.float32))
    assert stars(FACTORS, user, 0, 1, 2) == pytest.approx([4.25, 3.25, 3.25])


def test_factors_of_an_unknown_user_leave_mean_and_item_bias() -> None:
    assert stars(FACTORS, NOBODY, 0, 1) == [3.5, 2.5]


def test_factors_of_a_new_user_are_folded_in_from_the_history() -> None:
    # Item 2 has no factors: residual 2.0 over 1 rating + 1 gives a bias of 1.
    assert stars(FACTORS, RatedUser(history([2], [5.0])), 0, 2) == pytest.approx([4.5, 4.0])


def test_factors_of_a_trained_user_are_not_folded_in_again() -> None:
    user = RatedUser(history([2], [5.0]), bias=0.0, factors=np.zeros(2, np.float32))
    assert stars(FACTORS, user, 2) == [3.0]


def test_neighbors_are_averaged_by_similarity() -> None:
    user = RatedUser(history([1, 2], [5.0, 1.0]))
    assert stars(neighbors(), user, 0) == pytest.approx([0.8 * 5 + 0.2 * 1])


def test_neighbors_beyond_the_nearest_do_not_count() -> None:
    user = RatedUser(history([1, 2], [5.0, 1.0]))
    assert stars(neighbors(n_neighbors=1), user, 0) == pytest.approx([5.0])


def test_neighbors_equally_similar_count_in_the_order_they_were_rated() -> None:
    rater = NeighborRater(3.0, np.array([0, 2, 2, 2]), SIMILAR[:2], np.array([0.5, 0.5]), 1, 1)
    assert stars(rater, RatedUser(history([2, 1], [1.0, 5.0])), 0) == [1.0]
    assert stars(rater, RatedUser(history([1, 2], [5.0, 1.0])), 0) == [5.0]


def test_neighbors_too_few_leave_the_mean() -> None:
    assert stars(neighbors(min_neighbors=2), RatedUser(history([1], [5.0])), 0, 3) == [3.0, 3.0]
    assert stars(neighbors(), NOBODY, 0) == [3.0]


def test_neighbors_with_biases_average_what_is_left_of_the_ratings() -> None:
    user = RatedUser(history([1], [5.0]), bias=0.5)
    # item 1: 5 - (3 + 0.5 + 0.5) = 1, added to item 0's 3 + 0.5 + 0.25
    assert stars(neighbors([0.25, 0.5, 0.0, 0.0]), user, 0) == pytest.approx([4.75])


def test_neighbors_with_biases_estimate_the_bias_of_a_new_user() -> None:
    # one rating, 2 stars over the mean, shrunk by 15 + 1
    user = RatedUser(history([3], [5.0]))
    assert stars(neighbors([0.0] * 4), user, 0) == pytest.approx([3.0 + 2 / 16])
