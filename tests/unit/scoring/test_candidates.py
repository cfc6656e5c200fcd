"""Which items pass a request's filters."""

from typing import Any

import numpy as np
import pytest

from matinee.scoring.candidates import UNKNOWN_YEAR, select_candidates

YEARS = np.array([1979, 1986, UNKNOWN_YEAR, 2001], np.int16)
GENRES = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], bool)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, [0, 1, 2, 3], id="none"),
        pytest.param({"year_from": 1986}, [1, 3], id="first year, included"),
        pytest.param({"year_to": 1986}, [0, 1], id="last year, included"),
        pytest.param({"year_from": -5}, [0, 1, 3], id="a filter on years drops unknown ones"),
        pytest.param({"year_from": 2000, "year_to": 1990}, [], id="years in the wrong order"),
        pytest.param({"genre_columns": [0]}, [0, 1], id="genre"),
        pytest.param({"genre_columns": [0, 1]}, [0, 1, 2], id="either genre"),
        pytest.param({"genre_columns": []}, [], id="no genre at all"),
        pytest.param({"excluded": np.array([1, 1, 3])}, [0, 2], id="excluded"),
        pytest.param({"excluded": np.array([], np.int64)}, [0, 1, 2, 3], id="nothing excluded"),
        pytest.param({"genre_columns": [1], "year_to": 1990}, [1], id="genre and year"),
    ],
)
def test_candidates_pass_every_filter(filters: dict[str, Any], expected: list[int]) -> None:
    assert np.flatnonzero(select_candidates(YEARS, GENRES, **filters)).tolist() == expected
