"""Answers that can be worked out by hand."""

import math

import numpy as np
import pytest

from matinee.evaluation.metrics import catalogue_coverage, mae, ndcg_at_n, recall_at_n, rmse


@pytest.mark.parametrize(
    ("hits", "n_relevant", "expected"),
    [
        pytest.param([1, 1, 0], 2, 1.0, id="best-list-possible"),
        pytest.param([0, 0, 0], 2, 0.0, id="nothing-found"),
        pytest.param([0, 1, 0], 1, 1 / math.log2(3), id="one-at-rank-two"),
        pytest.param([1, 0, 1], 2, 1.5 / (1 + 1 / math.log2(3)), id="ranks-one-and-three"),
        pytest.param([1, 1, 1], 50, 1.0, id="more-relevant-than-places"),
    ],
)
def test_ndcg_of_a_list_is_its_gain_over_the_best_gain(
    hits: list[int], n_relevant: int, expected: float
) -> None:
    found = ndcg_at_n(np.array([hits], np.bool_), np.array([n_relevant]))
    assert found == pytest.approx([expected])


def test_recall_is_the_share_of_relevant_items_listed() -> None:
    hits = np.array([[1, 0, 1], [0, 0, 0]], np.bool_)
    assert recall_at_n(hits, np.array([4, 1])).tolist() == [0.5, 0.0]


def test_coverage_counts_each_shown_item_once_and_no_empty_place() -> None:
    assert catalogue_coverage(np.array([[0, 1, 2], [2, 1, -1]]), n_items=12) == 0.25


def test_rmse_and_mae_of_known_errors() -> None:
    ratings, predicted = np.array([3.0, 4.0, 5.0]), np.array([3.0, 4.0, 2.0])
    assert rmse(ratings, predicted) == pytest.approx(math.sqrt(3))
    assert mae(ratings, predicted) == pytest.approx(1.0)
