"""What the ranker learns from data whose answer can be seen."""

import numpy as np
import pytest

from matinee.errors import NotEnoughRatingsError
from matinee.scoring.histories import Histories
from matinee.scoring.history import History
from tests.support.histories import histories_of, undated
from trainer.ranker import RankerParameters, accumulate, fit_ranker, past_and_future, solve

# Half of the users rate even rows, half odd ones.
CHECKERBOARD = histories_of([[0, 2, 4, 6], [1, 3, 5, 7]] * 10)
SMALL = RankerParameters(regularization=1.0)


def scores(histories: Histories, rated: list[int], n_items: int, **changes: float) -> list[float]:
    parameters = SMALL.model_copy(update=changes)
    ranker = fit_ranker(parameters, histories, n_items=n_items)
    history = histories_of([rated]).of(0)
    scored: list[float] = ranker.scorer.score(history).tolist()
    return scored


@pytest.mark.parametrize("is_dated", [True, False])
def test_ranker_recommends_what_the_same_people_rated(is_dated: bool) -> None:
    histories = CHECKERBOARD if is_dated else undated(CHECKERBOARD)
    scored = scores(histories, [0, 2], n_items=8)
    assert min(scored[4], scored[6]) > max(scored[row] for row in (1, 3, 5, 7))


def test_ranker_prefers_what_comes_next_to_what_came_before() -> None:
    # Everybody rates 0, then 1, then 2: whoever is at 1 goes on to 2.
    scored = scores(histories_of([[0, 1, 2]] * 20), [1], n_items=3)
    assert scored[2] > scored[0]


def test_ranker_without_times_does_not_read_order_into_ids() -> None:
    scored = scores(undated(histories_of([[0, 1, 2]] * 20)), [1], n_items=3)
    assert scored[2] == pytest.approx(scored[0], abs=1e-5)


def test_ranker_gives_no_score_to_movies_with_too_few_ratings() -> None:
    histories = histories_of([[0, 1, 2]] * 5 + [[0, 3]] * 2)
    assert scores(histories, [0], n_items=5)[3:] == [0.0, 0.0]


def test_ranker_keeps_only_the_most_rated_movies_when_there_are_too_many() -> None:
    histories = histories_of([[0, 1, 2, 3]] * 5 + [[2, 3]] * 5)
    assert scores(histories, [2], n_items=4, max_items=2)[:2] == [0.0, 0.0]


def test_ranker_keeps_the_largest_weights_whatever_their_sign(rng: np.random.Generator) -> None:
    histories = histories_of([rng.choice(12, 6, replace=False).tolist() for _ in range(60)])
    every = fit_ranker(SMALL, histories, n_items=12).scorer
    some = fit_ranker(SMALL.model_copy(update={"n_neighbors": 3}), histories, n_items=12).scorer
    for row in range(12):
        kept = np.abs(some.weights[row])
        assert sorted(kept) == pytest.approx(sorted(np.abs(every.weights[row]))[-3:], abs=1e-6)


def test_ranker_with_too_few_rated_movies_says_what_to_do() -> None:
    with pytest.raises(NotEnoughRatingsError, match="import more ratings"):
        fit_ranker(SMALL, histories_of([[0]] * 5), n_items=3)


def test_ease_without_sequences_equals_its_textbook_form(rng: np.random.Generator) -> None:
    histories = histories_of([rng.choice(6, 3, replace=False).tolist() for _ in range(30)])
    parameters = SMALL.model_copy(update={"sequence_weight": 0.0, "user_exponent": 0.0})
    gram, targets = accumulate(parameters, histories, np.arange(6), 6)
    interactions = np.zeros((30, 6))
    interactions[histories.user_indices, histories.item_indices] = 1
    inverse = np.linalg.inv(interactions.T @ interactions + np.eye(6))
    expected = np.eye(6) - inverse / np.diag(inverse)
    np.testing.assert_allclose(solve(gram, targets, 1.0), expected, atol=1e-4)


def test_normal_equations_equal_those_of_every_moment_written_out() -> None:
    histories = histories_of([[2, 0, 1], [1, 2]])
    parameters = RankerParameters(co_rating_weight=0.5, user_exponent=0.0)
    gram, targets = accumulate(parameters, histories, np.arange(3), 3)
    expected_gram, expected_targets = np.zeros((3, 3)), np.zeros((3, 3))
    for history in histories:
        past, future = past_and_future(parameters, len(history))
        together = np.ones((1, len(history)))
        pairs = np.ix_(history.item_indices, history.item_indices)
        expected_gram[pairs] += past.T @ past + 0.5 * together.T @ together
        expected_targets[pairs] += past.T @ future + 0.5 * together.T @ together
    np.testing.assert_allclose(gram, expected_gram, rtol=1e-5)
    np.testing.assert_allclose(targets, expected_targets, rtol=1e-5)


def test_past_fades_and_future_begins_where_the_past_ends() -> None:
    parameters = RankerParameters(past_half_life=1, past_floor=0.2, future_half_life=1)
    past, future = past_and_future(parameters, 3)
    np.testing.assert_allclose(past, [[1, 0, 0], [0.6, 1, 0]])
    np.testing.assert_allclose(future, [[0, 1, 0.5], [0, 0, 1]])


def test_scorer_of_an_empty_history_scores_nothing() -> None:
    ranker = fit_ranker(SMALL, CHECKERBOARD, n_items=8)
    assert ranker.scorer.score(History.empty()).tolist() == [0.0] * 8
