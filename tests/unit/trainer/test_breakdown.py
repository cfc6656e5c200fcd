"""Figures by groups, on numbers that can be checked by eye."""

import numpy as np
import pytest

from trainer.breakdown import by_history_length, by_stars


def test_histories_fall_into_the_group_whose_start_they_reach() -> None:
    groups = by_history_length(
        np.array([1, 19, 20, 700]), np.array([0.2, 0.4, 0.5, 1.0]), starts=[0, 20, 500]
    )
    assert [(group.label, group.n_users) for group in groups] == [
        ("0 to 19", 2),
        ("20 to 499", 1),
        ("500 or more", 1),
    ]
    assert [group.ndcg for group in groups] == pytest.approx([0.3, 0.5, 1.0])


def test_groups_without_users_are_left_out() -> None:
    groups = by_history_length(np.array([25]), np.array([0.5]), starts=[0, 20, 500])
    assert [group.label for group in groups] == ["20 to 499"]


def test_errors_are_grouped_by_the_stars_that_were_given() -> None:
    low, high = by_stars(np.array([1.0, 5.0, 1.0]), np.array([2.0, 4.5, 4.0]))
    assert (low.stars, low.n_ratings, high.stars, high.n_ratings) == (1, 2, 5, 1)
    assert (low.bias, low.mae, high.bias, high.mae) == (2, 2, -0.5, 0.5)
    assert low.rmse == pytest.approx(5**0.5)
