"""Activity, counts and new users in a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg2
import pytest

from matinee.domain.movies import Movie
from matinee.domain.ratings import Rating
from matinee.errors import UnknownMovieError
from matinee.observability.environment import EnvironmentStart
from matinee.stores.activity import ActivityStore, Window
from matinee.stores.database import Database
from matinee.stores.rating_statistics import RatingStatistics, RatingUser
from matinee.stores.ratings import RatingStore
from tests.integration.test_stores import database_with

pytestmark = pytest.mark.integration

MOVIES = tuple(Movie(movie_id, f"Movie {movie_id}") for movie_id in (1, 2, 3))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOUR_HOURS = Window(NOON, NOON + timedelta(hours=4), 4)
FIRST_NEW_USER = 1_000_000_000


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with database_with(MOVIES, database_url) as database:
        yield database


@pytest.fixture
def ratings(database: Database) -> RatingStore:
    return RatingStore(database)


def log_list(database: Database, hours: float, strategy: str, duration_ms: float) -> None:
    database.fetch(
        "INSERT INTO recommendation_logs (request_id, strategy, movie_ids, scores, "
        "predicted_ratings, duration_ms, answered_at) VALUES (%s, %s, '{}', '{}', '{}', %s, %s)",
        (str(uuid4()), strategy, duration_ms, NOON + timedelta(hours=hours)),
    )


def start(name: str, hours: float) -> EnvironmentStart:
    return EnvironmentStart(name, "predict", NOON + timedelta(hours=hours), 0.5)


def test_traffic_is_counted_and_timed_by_bucket_and_in_all(database: Database) -> None:
    for hours, strategy, milliseconds in (
        (-0.01, "model", 99),  # before the window
        (0, "model", 1),
        (0.99, "popular", 3),
        (3.99, "model", 5),
        (3.99, "model", 7),
        (4, "model", 99),  # after it
    ):
        log_list(database, hours, strategy, milliseconds)
    total, buckets = ActivityStore(database).traffic(FOUR_HOURS)
    assert [bucket.n_lists for bucket in buckets] == [2, 0, 0, 2]
    assert [bucket.median_ms for bucket in buckets] == [2, None, None, 6]
    assert (total.n_lists, total.median_ms) == (4, 4)
    assert total.p95_ms == pytest.approx(6.7)
    assert buckets[0].strategies == {"model": 1, "popular": 1}
    assert total.strategies == {"model": 3, "popular": 1}


def test_traffic_without_lists_is_nothing(database: Database) -> None:
    total, buckets = ActivityStore(database).traffic(FOUR_HOURS)
    assert (total.n_lists, total.median_ms, total.strategies) == (0, None, {})
    assert len(buckets) == 4


def test_starts_are_noted_once_each_and_counted_by_bucket(database: Database) -> None:
    activity = ActivityStore(database)
    database.fetch("SELECT 1")
    for noted in (start("a", 0.5), start("b", 3.5), start("b", 3.5), start("old", -1)):
        assert activity.note_start(noted)
    assert activity.start_counts(FOUR_HOURS) == [1, 0, 0, 1]
    assert activity.latest_starts(FOUR_HOURS, limit=10) == [start("b", 3.5), start("a", 0.5)]
    assert activity.latest_starts(FOUR_HOURS, limit=1) == [start("b", 3.5)]


def test_start_is_not_noted_before_there_is_a_connection(database: Database) -> None:
    assert not ActivityStore(database).note_start(start("a", 0.5))


def test_stars_are_counted_by_movie(database: Database, ratings: RatingStore) -> None:
    for user_id, stars in ((1, 4.5), (2, 4.5), (3, 0.5)):
        ratings.save(Rating(user_id, 1, stars, NOON))
    statistics = RatingStatistics(database)
    assert statistics.star_counts(1) == {0.5: 1, 4.5: 2}
    assert statistics.star_counts(2) == {}
    counts = statistics.sampled_star_counts([2, 1], n_sampled=10)
    assert counts.tolist() == [[0] * 10, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0]]
    assert statistics.sampled_star_counts([1], n_sampled=2).sum() == 2


def test_users_are_listed_by_id(database: Database, ratings: RatingStore) -> None:
    for user_id, movie_id, rated_at in ((9, 1, NOON), (5, 1, None), (5, 2, NOON), (7, 3, None)):
        ratings.save(Rating(user_id, movie_id, 3.0, rated_at))
    statistics = RatingStatistics(database)
    users = [RatingUser(5, 2, NOON), RatingUser(7, 1, None), RatingUser(9, 1, NOON)]
    assert statistics.users(limit=10, offset=0) == users
    assert statistics.users(limit=1, offset=1) == users[1:2]
    assert statistics.users(limit=10, offset=3) == []


def test_new_user_takes_the_next_id_that_nobody_has(ratings: RatingStore) -> None:
    ratings.save(Rating(FIRST_NEW_USER, 1, 3.0, NOON))
    ratings.save(Rating(FIRST_NEW_USER + 1, 1, 3.0, NOON))
    user_ids = [ratings.save_new_user([(1, 4.0, NOON), (2, 2.5, NOON)]) for _ in range(2)]
    assert user_ids == [FIRST_NEW_USER + 2, FIRST_NEW_USER + 3]
    history = ratings.histories(user_ids, since=NOON)[user_ids[1]]
    assert (history.movie_ids.tolist(), history.ratings.tolist()) == ([1, 2], [4.0, 2.5])


def test_new_user_with_unknown_movies_is_not_stored_and_all_of_them_are_named(
    database: Database, ratings: RatingStore
) -> None:
    with pytest.raises(UnknownMovieError, match="888, 999"):
        ratings.save_new_user([(1, 4.0, NOON), (999, 2.5, NOON), (888, 1.0, NOON)])
    assert database.fetch("SELECT count(*) FROM ratings") == [(0,)]


def test_new_users_at_the_same_time_get_different_ids(
    database: Database, database_url: str
) -> None:
    user_ids: list[int] = []

    def save() -> None:
        own = Database(database_url, timeout_seconds=5)
        for _ in range(5):
            user_ids.append(RatingStore(own).save_new_user([(1, 4.0, NOON)]))
        own.close()

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(user_ids)) == len(user_ids) == 20
    assert database.fetch("SELECT count(*) FROM ratings") == [(20,)]


def test_new_user_is_refused_when_the_database_is_not_migrated(empty_database_url: str) -> None:
    connection = psycopg2.connect(empty_database_url, connect_timeout=5)
    connection.close()
    database = Database(empty_database_url, timeout_seconds=5)
    with pytest.raises(Exception, match="matinee migrate"):
        RatingStore(database).save_new_user([(1, 4.0, NOON)])
    database.close()
