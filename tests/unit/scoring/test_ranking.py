"""The best candidates, best first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matinee.scoring.ranking import rank_top_n

# Few different values, so that ties are common.
SCORES = st.lists(st.sampled_from([-2.0, -0.5, 0.0, 0.25, 0.5, 3.0]), max_size=40)


@given(SCORES, st.integers(0, 50), st.data())
def test_top_n_is_the_start_of_a_full_sort(
    scores: list[float], n: int, data: st.DataObject
) -> None:
    size = len(scores)
    allowed = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    ranked = rank_top_n(np.array(scores), np.array(allowed, bool), n)
    # Python's sort is stable: ties stay in the order of rows.
    full = sorted((row for row in range(size) if allowed[row]), key=lambda row: -scores[row])
    assert ranked.tolist() == full[:n]


def test_top_n_with_fewer_candidates_than_wanted_returns_them_all() -> None:
    ranked = rank_top_n(np.array([1.0, 3.0, 2.0]), np.array([True, False, True]), 10)
    assert ranked.tolist() == [2, 0]


def test_top_n_of_equal_scores_takes_the_lower_rows() -> None:
    assert rank_top_n(np.zeros(5), np.ones(5, bool), 2).tolist() == [0, 1]
