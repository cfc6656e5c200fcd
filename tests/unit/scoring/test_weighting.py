"""How much each rating counts."""

import numpy as np
import pytest

from matinee.scoring.history import History
from matinee.scoring.weighting import HistoryWeighting
from tests.support.histories import history

FADING = HistoryWeighting(half_life=1, floor=0.2, star_exponent=0)


def test_weights_halve_with_every_half_life_down_to_the_floor() -> None:
    weights = FADING.weigh(history([4, 2, 7], times=[10, 20, 30]))
    # 0.2 + 0.8 / 4, 0.2 + 0.8 / 2, 0.2 + 0.8
    assert weights.tolist() == pytest.approx([0.4, 0.6, 1.0])


def test_weights_of_an_undated_history_do_not_fade() -> None:
    assert FADING.weigh(history([4, 2, 7])).tolist() == [1, 1, 1]


def test_weights_of_a_partly_dated_history_count_undated_ratings_as_the_oldest() -> None:
    weights = FADING.weigh(history([4, 2, 7], times=[None, None, 30]))
    assert weights.tolist() == pytest.approx([0.4, 0.6, 1.0])


def test_weights_without_half_life_do_not_fade() -> None:
    weighting = HistoryWeighting(half_life=0, floor=0.2, star_exponent=0)
    assert weighting.weigh(history([4, 2], times=[1, 2])).tolist() == [1, 1]


def test_weights_grow_with_the_stars_given() -> None:
    weighting = HistoryWeighting(half_life=0, floor=0, star_exponent=2)
    assert weighting.weigh(history([4, 2], [5.0, 2.5])).tolist() == pytest.approx([1, 0.25])


def test_weights_of_a_long_history_stay_positive() -> None:
    rows = list(range(5_000))
    weights = HistoryWeighting(half_life=10, floor=0.1).weigh(history(rows, times=rows))
    assert weights.dtype == np.float32
    assert weights.min() == pytest.approx(0.1)


def test_weights_of_an_empty_history_are_none() -> None:
    assert FADING.weigh(History.empty()).shape == (0,)


def test_counted_are_the_newest_of_a_dated_history_and_all_of_an_undated_one() -> None:
    weighting = HistoryWeighting(newest=2)
    dated = weighting.counted(history([4, 2, 7], [1.0, 2.0, 3.0], times=[None, 20, 30]))
    assert (dated.item_indices.tolist(), dated.ratings.tolist()) == ([2, 7], [2.0, 3.0])
    assert len(weighting.counted(history([4, 2, 7]))) == 3
    assert len(weighting.counted(History.empty())) == 0
