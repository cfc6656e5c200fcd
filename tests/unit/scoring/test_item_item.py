"""Scores as sums of what each rated item says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.scoring.history import History
from matinee.scoring.item_item import ItemItemScorer
from matinee.scoring.weighting import HistoryWeighting
from tests.support.histories import history

EQUALLY = HistoryWeighting(half_life=0, floor=1, star_exponent=0)
# Item 0 speaks for 1 and 2, item 1 for 2 alone (padded with weight 0), item 2 against 1.
SCORER = ItemItemScorer(
    rows=np.arange(3, dtype=np.int32),
    neighbors=np.array([[1, 2], [2, 0], [1, 0]], np.int32),
    weights=np.array([[0.5, 0.25], [0.125, 0.0], [-0.25, 0.0]], np.float32),
    weighting=EQUALLY,
)


def test_score_is_the_sum_of_the_weights_of_rated_items() -> None:
    assert SCORER.score(history([0, 1, 2])).tolist() == [0.0, 0.25, 0.375]


def test_score_of_an_empty_history_is_zero_everywhere() -> None:
    assert SCORER.score(History.empty()).tolist() == [0, 0, 0]


def test_score_weighs_newer_ratings_more() -> None:
    fading = HistoryWeighting(half_life=1, floor=0, star_exponent=0)
    scorer = ItemItemScorer(SCORER.rows, SCORER.neighbors, SCORER.weights, fading)
    assert scorer.score(history([0, 1], times=[1, 2])).tolist() == [0.0, 0.25, 0.25]


def test_contributions_name_what_each_rated_item_added() -> None:
    split = SCORER.votes(history([0, 1, 2])).contributions(np.array([2, 1]))
    assert split.tolist() == [[0.25, 0.125, 0.0], [0.5, 0.0, -0.25]]


def test_contributions_of_padding_add_nothing_to_item_zero() -> None:
    assert SCORER.votes(history([1, 2])).contributions(np.array([0])).tolist() == [[0, 0]]


def test_rated_item_without_a_row_says_nothing() -> None:
    rows = np.array([-1, 0, 1], np.int32)
    scorer = ItemItemScorer(rows, SCORER.neighbors[1:], SCORER.weights[1:], EQUALLY)
    votes = scorer.votes(history([0, 1, 2]))
    assert votes.scores().tolist() == [0.0, -0.25, 0.125]
    assert votes.contributions(np.array([1, 2])).tolist() == [[0, 0, -0.25], [0, 0.125, 0]]
    assert [len(found) for found in scorer.neighbors_of(0)] == [0, 0]


def test_only_the_newest_ratings_vote() -> None:
    newest = HistoryWeighting(half_life=0, floor=1, star_exponent=0, newest=1)
    scorer = ItemItemScorer(SCORER.rows, SCORER.neighbors, SCORER.weights, newest)
    votes = scorer.votes(history([1, 0], times=[1, 2]))
    assert votes.scores().tolist() == [0.0, 0.5, 0.25]
    assert votes.contributions(np.array([2])).tolist() == [[0, 0.25]]


@pytest.mark.parametrize("rows", [[], [0]])
def test_contributions_of_nothing_have_the_right_shape(rows: list[int]) -> None:
    assert SCORER.votes(history(rows)).contributions(np.array([], np.int64)).shape == (0, len(rows))
    assert SCORER.votes(History.empty()).contributions(np.array(rows, np.int64)).shape == (
        len(rows),
        0,
    )


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(0, 8))
def test_contributions_sum_to_the_scores(seed: int, n_items: int, n_neighbors: int) -> None:
    rng = np.random.default_rng(seed)
    n_neighbors = min(n_neighbors, n_items)
    scorer = ItemItemScorer(
        np.arange(n_items, dtype=np.int32),
        np.array([rng.permutation(n_items)[:n_neighbors] for _ in range(n_items)], np.int32),
        rng.normal(size=(n_items, n_neighbors)).astype(np.float32),
        HistoryWeighting(half_life=3, floor=0.1, star_exponent=1),
    )
    rated = rng.permutation(n_items)[: rng.integers(0, n_items + 1)].tolist()
    stars = rng.integers(1, 11, len(rated)) / 2
    given_history = history(rated, stars.tolist(), times=list(range(len(rated))))
    items = rng.permutation(n_items)
    split = scorer.votes(given_history).contributions(items)
    assert split.sum(axis=1) == pytest.approx(scorer.score(given_history)[items], abs=1e-4)
