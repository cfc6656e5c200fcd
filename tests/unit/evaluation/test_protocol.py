"""Every unseen movie is ranked; what was rated next counts as found."""

import numpy as np
import pytest

from matinee.evaluation.protocol import evaluate_lists, select_test_users
from matinee.evaluation.splits import HoldOut
from matinee.scoring.arrays import Vector
from matinee.scoring.history import History
from tests.support.histories import histories_of

SPLIT = HoldOut(train=histories_of([[0, 1], [2], [3]]), test=histories_of([[2], [], [0]]))
USERS = np.array([0, 2])


def lower_rows_first(_user_index: int, _history: History) -> Vector:
    return -np.arange(5.0)


def test_lists_never_hold_what_was_rated_before() -> None:
    # User 0 rated rows 0 and 1, so row 2 comes first; user 2 gets row 0 first.
    report = evaluate_lists(lower_rows_first, SPLIT, users=USERS, n_items=5, n=1)
    assert report.ndcg.tolist() == [1.0, 1.0]
    assert report.coverage == pytest.approx(2 / 5)


def test_scorer_sees_the_training_history_only() -> None:
    seen = []

    def spy(user_index: int, history: History) -> Vector:
        seen.append((user_index, history.item_indices.tolist()))
        return np.zeros(5)

    evaluate_lists(spy, SPLIT, users=USERS, n_items=5)
    assert seen == [(0, [0, 1]), (2, [3])]


def test_lists_shorter_than_asked_are_judged_as_they_are() -> None:
    report = evaluate_lists(lower_rows_first, SPLIT, users=USERS, n_items=5, n=10)
    assert report.recall.tolist() == [1.0, 1.0]


def test_test_users_are_those_with_something_held_out() -> None:
    assert select_test_users(SPLIT, rng=np.random.default_rng(0)).tolist() == [0, 2]


def test_test_users_beyond_the_limit_are_sampled_in_order() -> None:
    split = HoldOut(histories_of([[0]] * 50), histories_of([[1]] * 50))
    users = select_test_users(split, rng=np.random.default_rng(0), max_users=10)
    assert len(set(users.tolist())) == 10
    assert users.tolist() == sorted(users.tolist())
