"""The stores in PostgreSQL keep their contracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg2
import pytest

from embedded.postgres import Postgres
from matinee.domain.movies import Movie
from matinee.stores.database import Database
from matinee.stores.movies import MovieStore
from matinee.stores.ratings import RatingStore
from tests.contract import catalogue_search, rating_store
from tests.integration.conftest import fresh_database

pytestmark = pytest.mark.integration


@contextmanager
def database_with(movies: Sequence[Movie], url: str) -> Iterator[Database]:
    """Store movies and open a database."""
    connection = psycopg2.connect(url, connect_timeout=5)
    with connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO movies (movie_id, title, year, genres) VALUES (%s, %s, %s, %s)",
            [(m.movie_id, m.title, m.year, list(m.genres)) for m in movies],
        )
    connection.close()
    database = Database(url, timeout_seconds=5)
    yield database
    database.close()


@pytest.fixture(scope="module")
def movie_store(postgres_server: Postgres, migrated_template: str) -> Iterator[MovieStore]:
    with (
        fresh_database(postgres_server, template=migrated_template) as url,
        database_with(catalogue_search.MOVIES, url) as database,
    ):
        yield MovieStore(database)


class TestMovieStore(catalogue_search.CatalogueSearchContract):
    @pytest.fixture
    def search(self, movie_store: MovieStore) -> catalogue_search.Search:
        return movie_store.search

    @pytest.mark.parametrize(("movie_id", "place"), [(1, 0), (3, 2), (11, 10)])
    def test_movie_is_found_by_id(self, movie_store: MovieStore, movie_id: int, place: int) -> None:
        assert movie_store.get(movie_id) == catalogue_search.MOVIES[place]

    def test_movie_that_does_not_exist_is_none(self, movie_store: MovieStore) -> None:
        assert movie_store.get(2**63 - 1) is None


class TestRatingStore(rating_store.RatingStoreContract):
    @pytest.fixture
    def store(self, database_url: str) -> Iterator[RatingStore]:
        with database_with(rating_store.MOVIES, database_url) as database:
            yield RatingStore(database)
