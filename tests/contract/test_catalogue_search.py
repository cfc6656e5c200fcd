"""The searches that need no server keep the contract."""

import pytest

from matinee.artifacts.catalogue import Catalogue, catalogue_arrays
from predictor.catalogue_search import search_model
from tests.contract.catalogue_search import MOVIES, CatalogueSearchContract, Search
from tests.support.stores import MemoryMovies, Switch


class TestModelSearch(CatalogueSearchContract):
    @pytest.fixture
    def search(self) -> Search:
        arrays, genres = catalogue_arrays(MOVIES, {})
        catalogue = Catalogue.from_arrays(arrays, genres)
        return lambda query, limit, offset: search_model(
            catalogue, query, limit=limit, offset=offset
        )


class TestMemoryMovies(CatalogueSearchContract):
    @pytest.fixture
    def search(self) -> Search:
        return MemoryMovies(Switch(), {movie.movie_id: movie for movie in MOVIES}).search
