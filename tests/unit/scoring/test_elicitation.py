"""Which items to ask a newcomer about, on counts and likeness that a reader can check."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from matinee.scoring.elicitation import choose_unlike, likeness, rating_entropies, worth_asking
from matinee.scoring.item_item import ItemItemScorer
from matinee.scoring.weighting import HistoryWeighting

NOTHING_ASKED = np.zeros(3)
# Item 0 speaks for 1 (fully) and 2 (half); 1 speaks for nothing; 2 is not ranked.
RANKER = ItemItemScorer(
    rows=np.array([0, 1, -1], np.int32),
    neighbors=np.array([[1, 2], [0, 0]], np.int32),
    weights=np.array([[0.4, 0.2], [0.0, 0.0]], np.float32),
    weighting=HistoryWeighting(),
)
GENRES = np.array([[True, False], [True, True], [False, False]])


@pytest.mark.parametrize(
    ("counts", "bits"),
    [
        pytest.param([0, 9, 0, 0], 0, id="all agree"),
        pytest.param([5, 0, 0, 5], 1, id="two camps"),
        pytest.param([3, 3, 3, 3], 2, id="anything goes"),
        pytest.param([0, 0, 0, 0], 0, id="no ratings"),
    ],
)
def test_entropy_is_that_of_the_shares_in_bits(counts: list[int], bits: float) -> None:
    assert_allclose(rating_entropies(np.array([counts])), [bits])


def test_worth_asking_needs_both_that_people_know_it_and_that_they_differ() -> None:
    worth = worth_asking(np.array([1000.0, 1000.0, 10.0]), np.array([0.0, 2.0, 2.0]))
    assert worth.argsort().tolist() == [0, 2, 1]
    assert worth[0] == 0


def test_worth_asking_without_entropies_is_popularity() -> None:
    assert worth_asking(np.array([10.0, 1000.0, 0.0]), None).argsort().tolist() == [2, 0, 1]


def test_likeness_is_half_kinship_and_half_common_genres() -> None:
    alike = likeness(RANKER, GENRES, np.array([0, 1, 2]))
    assert alike[0, 1] == pytest.approx((1 + 1 / 2) / 2)
    assert alike[0, 2] == pytest.approx((1 / 2 + 0) / 2)
    assert alike[1, 2] == 0
    assert_allclose(alike, alike.T)


def test_likeness_is_in_the_order_that_was_asked_for() -> None:
    forth, back = (likeness(RANKER, GENRES, np.array(rows)) for rows in ([0, 2], [2, 0]))
    assert_allclose(forth, back[::-1, ::-1])


def test_choice_avoids_what_is_like_the_first() -> None:
    alike = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    chosen = choose_unlike(np.array([1.0, 0.9, 0.6]), alike, 3, alike_asked=NOTHING_ASKED)
    assert chosen.tolist() == [0, 2, 1]


def test_choice_avoids_what_is_like_something_asked_before() -> None:
    asked_before = np.array([0.9, 0.0, 0.0])
    chosen = choose_unlike(np.array([1.0, 0.9, 0.2]), np.eye(3), 1, alike_asked=asked_before)
    assert chosen.tolist() == [1]


def test_choice_among_nothing_is_empty() -> None:
    none = np.empty(0)
    assert choose_unlike(none, np.empty((0, 0)), 3, alike_asked=none).tolist() == []
