"""The store in memory, which other tests trust, keeps the contract."""

import pytest

from tests.contract.rating_store import MOVIES, RatingStoreContract
from tests.support.stores import MemoryMovies, MemoryRatings, Switch


class TestMemoryRatings(RatingStoreContract):
    @pytest.fixture
    def store(self) -> MemoryRatings:
        switch = Switch()
        return MemoryRatings(switch, MemoryMovies(switch, {m.movie_id: m for m in MOVIES}))
