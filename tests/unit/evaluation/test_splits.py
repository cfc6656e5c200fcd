"""The past is learned from, the future judges, and a coin decides what time does not."""

import numpy as np
import pytest

from matinee.evaluation.splits import hold_out_last
from matinee.scoring.histories import Histories
from tests.support.histories import histories_of, undated


def split_items(histories: Histories, seed: int = 0) -> tuple[list[int], list[int]]:
    """Return the training and the test items of the first user."""
    split = hold_out_last(histories, rng=np.random.default_rng(seed))
    return split.train.of(0).item_indices.tolist(), split.test.of(0).item_indices.tolist()


def test_split_holds_out_the_newest_fifth_in_order() -> None:
    train, test = split_items(histories_of([range(10)]))
    assert (train, test) == ([0, 1, 2, 3, 4, 5, 6, 7], [8, 9])


@pytest.mark.parametrize(("length", "n_test"), [(1, 0), (4, 0), (5, 1), (9, 1), (10, 2)])
def test_split_rounds_down_so_that_short_histories_stay_whole(length: int, n_test: int) -> None:
    train, test = split_items(histories_of([range(length)]))
    assert (len(train), len(test)) == (length - n_test, n_test)


def test_split_keeps_every_rating_of_every_user_once() -> None:
    histories = histories_of([range(7), [], [3, 1, 2, 5, 4], range(20)])
    split = hold_out_last(histories, rng=np.random.default_rng(0))
    assert split.train.n_users == split.test.n_users == 4
    for user_index in range(4):
        both = np.concatenate(
            [part.of(user_index).item_indices for part in (split.train, split.test)]
        )
        assert both.tolist() == histories.of(user_index).item_indices.tolist()


def test_split_of_simultaneous_ratings_depends_on_the_seed_only() -> None:
    histories = histories_of([range(10)], times=[7] * 10)
    assert split_items(histories, seed=1) == split_items(histories, seed=1)
    assert len({tuple(split_items(histories, seed)[1]) for seed in range(20)}) > 5


def test_split_of_undated_ratings_is_drawn() -> None:
    histories = undated(histories_of([range(10)]))
    assert len({tuple(split_items(histories, seed)[1]) for seed in range(20)}) > 5


def test_split_holds_out_dated_ratings_before_undated_ones() -> None:
    histories = histories_of([range(10)], times=[-1] * 8 + [100, 200])
    assert split_items(histories)[1] == [8, 9]
