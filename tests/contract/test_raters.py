"""What every rater that serves promises, whatever its arrays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.scoring.factor_rater import FactorRater
from matinee.scoring.history import History
from matinee.scoring.neighbor_rater import NeighborRater
from matinee.scoring.rater import RatedUser, Rater
from tests.support.histories import history

N_ITEMS = 12
ALL_ITEMS = np.arange(N_ITEMS)
RNG = np.random.default_rng(7)


class RaterContract:
    """Ask for one rater in every situation that serving knows."""

    rater: Rater
    trained: RatedUser

    USERS = (
        RatedUser(History.empty()),
        RatedUser(history([3], [5.0])),
        RatedUser(history([5, 1, 11], [0.5, 5.0, 3.0], times=[1, 2, 3])),
        RatedUser(history(list(range(N_ITEMS)), [5.0] * N_ITEMS)),
        RatedUser(history(list(range(N_ITEMS)), [0.5] * N_ITEMS)),
    )

    def predict(self, user: RatedUser, items: NDArray[np.int64] = ALL_ITEMS) -> NDArray[np.float64]:
        return self.rater.predict(user, items)

    @pytest.fixture(params=range(len(USERS) + 1))
    def user(self, request: pytest.FixtureRequest) -> RatedUser:
        return (*self.USERS, self.trained)[request.param]

    def test_stars_are_finite_and_on_the_scale(self, user: RatedUser) -> None:
        stars = self.predict(user)
        assert stars.shape == (N_ITEMS,)
        assert ((stars >= 0.5) & (stars <= 5.0)).all()

    def test_stars_of_one_item_and_of_many_agree(self, user: RatedUser) -> None:
        alone = [self.predict(user, np.array([item]))[0] for item in ALL_ITEMS]
        assert alone == pytest.approx(self.predict(user).tolist())

    def test_stars_come_in_the_order_asked_for(self, user: RatedUser) -> None:
        backwards = self.predict(user, ALL_ITEMS[::-1])
        assert backwards[::-1].tolist() == pytest.approx(self.predict(user).tolist())

    def test_stars_of_no_items_are_none(self, user: RatedUser) -> None:
        assert self.predict(user, np.array([], np.int64)).shape == (0,)

    def test_stars_do_not_depend_on_what_was_asked_before(self, user: RatedUser) -> None:
        first = self.predict(user).tolist()
        self.predict(self.trained)
        assert self.predict(user).tolist() == first

    def test_high_ratings_predict_more_stars_than_low_ones(self) -> None:
        *_, high, low = self.USERS
        assert (self.predict(high) >= self.predict(low)).all()


class TestFactorRater(RaterContract):
    rater = FactorRater(
        global_mean=3.5,
        item_biases=RNG.normal(size=N_ITEMS).astype(np.float32),
        item_factors=RNG.normal(size=(N_ITEMS, 4)).astype(np.float32),
        regularization=1.0,
    )
    trained = RatedUser(history([2]), bias=-9.0, factors=np.ones(4, np.float32))


class TestBaselineRater(RaterContract):
    rater = FactorRater(3.5, np.zeros(N_ITEMS, np.float32), np.zeros((N_ITEMS, 0), np.float32), 1.0)
    trained = RatedUser(history([2]), bias=0.5, factors=np.zeros(0, np.float32))


def neighbor_rater(item_biases: NDArray[np.float32] | None) -> NeighborRater:
    # Item i is like the three that follow it, with ties.
    similar = np.concatenate([(i + np.arange(1, 4)) % N_ITEMS for i in range(N_ITEMS)])
    return NeighborRater(
        global_mean=3.5,
        similar_offsets=np.arange(0, 3 * N_ITEMS + 1, 3),
        similar_items=similar.astype(np.int32),
        similarities=np.tile([0.5, 0.5, 0.25], N_ITEMS),
        n_neighbors=2,
        min_neighbors=1,
        item_biases=item_biases,
    )


class TestNeighborRater(RaterContract):
    rater = neighbor_rater(None)
    trained = RatedUser(history([2], [4.0]))


class TestNeighborRaterWithBiases(RaterContract):
    rater = neighbor_rater(np.linspace(-1, 1, N_ITEMS).astype(np.float32))
    trained = RatedUser(history([2], [4.0]), bias=0.5)
