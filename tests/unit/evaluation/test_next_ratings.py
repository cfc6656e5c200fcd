"""How good lists are after one rating, after two, after four."""

import numpy as np
import pytest

from matinee.evaluation.next_ratings import NextQuality, quality_by_next_ratings
from tests.support.histories import histories_of

RNG = np.random.default_rng(0)


def test_only_as_many_next_ratings_count_as_are_looked_at() -> None:
    held_out = histories_of([[], [7, 5, 6, 8], [5]])
    lists = np.array([[5, 9], [5, 9]])
    found = quality_by_next_ratings(lists, np.array([1, 2]), held_out, rng=RNG)
    # User 1 rates what was listed first as the second thing, user 2 at once.
    assert found[0] == NextQuality(1, 2, hit_rate=0.5, ndcg=0.5)
    both_at_best = 1 + 1 / np.log2(3)
    assert found[1] == NextQuality(2, 1, hit_rate=1.0, ndcg=pytest.approx(1 / both_at_best))
    assert [one.n_relevant for one in found] == [1, 2, 4]


def test_places_of_a_short_list_that_are_empty_are_no_hits() -> None:
    found = quality_by_next_ratings(
        np.array([[3, -1]]), np.array([0]), histories_of([[4]]), rng=RNG
    )
    assert found == [NextQuality(1, 1, hit_rate=0.0, ndcg=0.0)]


def test_ratings_of_one_second_come_in_any_order() -> None:
    n = 2000
    held_out = histories_of([[4, 5]] * n, times=[1] * (2 * n))
    lists = np.full((n, 1), 4)
    found = quality_by_next_ratings(lists, np.arange(n), held_out, rng=RNG)
    assert found[0].hit_rate == pytest.approx(0.5, abs=0.05)
    assert found[1].hit_rate == 1
