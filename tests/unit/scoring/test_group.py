"""One order for several people, on opinions whose right answer a reader can see."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from matinee.scoring.group import GroupMethod, by_fairness, rank_for_group, satisfactions

# Columns: A loves it, B hates it | the other way round | both like it | both shrug.
ANNS_FILM, BOBS_FILM, COMPROMISE, DULL = range(4)
TWO = np.array([[1.0, 0.2, 0.5, 0.3], [0.1, 1.0, 0.5, 0.3]])
# Three friends who agree, and one whose taste is another: columns 0-3 theirs, 4-5 hers.
FRIENDS = np.array([[0.9, 0.9, 0.9, 0.9, 0.1, 0.1]] * 3 + [[0.1, 0.1, 0.1, 0.1, 0.9, 0.9]])


def order(satisfaction: np.ndarray, method: GroupMethod, n: int = 10) -> list[int]:
    columns, _ = rank_for_group(satisfaction, method, n)
    return columns.tolist()


def test_average_puts_the_highest_mean_first() -> None:
    columns, scores = rank_for_group(TWO, GroupMethod.AVERAGE, 10)
    assert columns.tolist() == [BOBS_FILM, ANNS_FILM, COMPROMISE, DULL]
    assert_allclose(scores, [0.6, 0.55, 0.5, 0.3])


def test_least_misery_puts_first_what_its_least_satisfied_member_likes_most() -> None:
    columns, scores = rank_for_group(TWO, GroupMethod.LEAST_MISERY, 10)
    assert columns.tolist() == [COMPROMISE, DULL, BOBS_FILM, ANNS_FILM]
    assert_allclose(scores, [0.5, 0.3, 0.2, 0.1])


def test_least_misery_tells_equal_ones_apart_by_the_mean() -> None:
    assert order(np.array([[0.4, 0.4], [0.5, 0.9]]), GroupMethod.LEAST_MISERY) == [1, 0]


def test_least_misery_is_the_best_there_is_for_the_least_satisfied(
    rng: np.random.Generator,
) -> None:
    satisfaction = rng.random((5, 200))
    (best, *_), (score, *_) = rank_for_group(satisfaction, GroupMethod.LEAST_MISERY, 1)
    assert score == satisfaction[:, best].min() == satisfaction.min(axis=0).max()


def test_average_serves_the_majority_alone_where_fairness_takes_turns() -> None:
    assert order(FRIENDS, GroupMethod.AVERAGE, 4) == [0, 1, 2, 3]
    fair = order(FRIENDS, GroupMethod.FAIRNESS, 4)
    assert fair[0] == 0  # three gain from it, one from hers
    assert fair == [0, 1, 2, 4]  # one in four for one of four


def test_fairness_gives_two_opposites_a_film_each_first() -> None:
    opposites = np.array([[0.9, 0.8, 0.1, 0.1], [0.1, 0.1, 0.9, 0.8]])
    assert set(order(opposites, GroupMethod.FAIRNESS, 2)) == {0, 2}


def test_fairness_counts_only_what_is_beyond_the_worst_for_each_member() -> None:
    # A member whom everything pleases alike has no say.
    easy_going = np.array([[0.9, 0.9, 0.9], [0.1, 0.5, 0.3]])
    assert order(easy_going, GroupMethod.FAIRNESS) == [1, 2, 0]


def test_fairness_scores_never_increase(rng: np.random.Generator) -> None:
    _, scores = by_fairness(rng.random((4, 50)), 50)
    assert (np.diff(scores) <= 1e-12).all()


def test_fairness_lists_each_item_once(rng: np.random.Generator) -> None:
    columns, _ = by_fairness(rng.random((4, 50)), 100)
    assert sorted(columns.tolist()) == list(range(50))


@pytest.mark.parametrize("method", GroupMethod)
def test_group_of_one_gets_the_order_of_that_one(method: GroupMethod) -> None:
    assert order(np.array([[0.2, 0.9, 0.5]]), method) == [1, 2, 0]


@pytest.mark.parametrize("method", GroupMethod)
def test_group_order_is_the_same_whoever_comes_first(
    method: GroupMethod, rng: np.random.Generator
) -> None:
    satisfaction = rng.random((4, 30))
    assert order(satisfaction, method) == order(satisfaction[::-1], method)


@pytest.mark.parametrize("method", GroupMethod)
def test_group_without_items_gets_an_empty_list(method: GroupMethod) -> None:
    columns, scores = rank_for_group(np.empty((2, 0)), method, 5)
    assert (len(columns), len(scores)) == (0, 0)


def test_satisfaction_is_half_score_and_half_stars() -> None:
    scores, stars = np.array([[4.0, 2.0, 0.0]]), np.array([[5.0, 2.75, 0.5]])
    assert_allclose(satisfactions(scores, stars), [[1.0, 0.5, 0.0]])


def test_satisfaction_does_not_depend_on_the_unit_of_the_scores(rng: np.random.Generator) -> None:
    scores, stars = rng.random((2, 5)), np.full((2, 5), 3.0)
    assert_allclose(satisfactions(scores * [[100], [1]], stars), satisfactions(scores, stars))


def test_satisfaction_without_scores_is_from_stars_alone() -> None:
    stars = np.array([[5.0, 0.5]])
    assert_allclose(satisfactions(np.zeros((1, 2)), stars), [[0.5, 0.0]])
