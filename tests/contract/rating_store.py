"""What a store of ratings promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matinee.domain.movies import Movie
from matinee.domain.ratings import Rating
from matinee.errors import UnknownMovieError
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.ratings import RatingStore

MOVIES = tuple(Movie(movie_id, f"Movie {movie_id}", 2000, ("Drama",)) for movie_id in range(1, 7))
USER, OTHER = 7, 8
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
LONG_AHEAD = datetime(2200, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2010, 1, number, tzinfo=UTC)


class RatingStoreContract:
    """Use one empty store that knows `MOVIES`; subclasses have a fixture `store`."""

    @pytest.fixture
    def filled(self, store: RatingStore) -> RatingStore:
        """A store with a partly dated history, in no order."""
        for movie_id, rated_at in ((3, day(2)), (5, None), (1, day(2)), (2, None), (4, day(1))):
            store.save(Rating(USER, movie_id, movie_id / 2, rated_at))
        store.save(Rating(OTHER, 6, 5.0, day(1)))
        return store

    def test_history_is_undated_first_then_oldest_first_then_by_movie(
        self, filled: RatingStore
    ) -> None:
        history = filled.histories([USER], since=LONG_AGO)[USER]
        assert history.movie_ids.tolist() == [2, 5, 4, 1, 3]
        assert history.ratings.tolist() == [1.0, 2.5, 2.0, 0.5, 1.5]
        first, second = int(day(1).timestamp()), int(day(2).timestamp())
        assert history.times.tolist() == [UNKNOWN_TIME, UNKNOWN_TIME, first, second, second]

    def test_histories_of_many_leave_out_users_without_ratings(self, filled: RatingStore) -> None:
        found = filled.histories([OTHER, 99, USER, USER], since=LONG_AGO)
        assert {user: len(history.movie_ids) for user, history in found.items()} == {
            USER: 5,
            OTHER: 1,
        }

    def test_histories_of_nobody_are_none(self, filled: RatingStore) -> None:
        assert filled.histories([], since=LONG_AGO) == {}

    def test_history_is_newer_than_a_moment_before_it_was_stored(self, filled: RatingStore) -> None:
        assert filled.histories([USER], since=LONG_AGO)[USER].is_newer
        assert not filled.histories([USER], since=LONG_AHEAD)[USER].is_newer

    def test_rating_saved_again_replaces_the_first(self, store: RatingStore) -> None:
        assert store.save(Rating(USER, 1, 2.0, day(1))) is False
        assert store.save(Rating(USER, 1, 4.5, day(2))) is True
        history = store.histories([USER], since=LONG_AGO)[USER]
        assert (history.movie_ids.tolist(), history.ratings.tolist()) == ([1], [4.5])

    def test_rating_of_an_unknown_movie_is_refused_and_not_stored(self, store: RatingStore) -> None:
        with pytest.raises(UnknownMovieError, match="777"):
            store.save(Rating(USER, 777, 3.0, day(1)))
        assert store.histories([USER], since=LONG_AGO) == {}

    def test_rated_movies_come_newest_first_and_undated_last(self, filled: RatingStore) -> None:
        rated, total = filled.rated_movies(USER, limit=10, offset=0)
        assert [entry.rating.movie_id for entry in rated] == [1, 3, 4, 2, 5]
        assert (rated[0].rating.rated_at, rated[-1].rating.rated_at) == (day(2), None)
        assert rated[0].movie == MOVIES[0]
        assert total == 5

    @pytest.mark.parametrize(("offset", "expected"), [(0, [1, 3]), (4, [5]), (5, []), (99, [])])
    def test_page_of_rated_movies_says_how_many_there_are(
        self, filled: RatingStore, offset: int, expected: list[int]
    ) -> None:
        rated, total = filled.rated_movies(USER, limit=2, offset=offset)
        assert [entry.rating.movie_id for entry in rated] == expected
        assert total == 5

    def test_one_rating_is_found_with_its_movie(self, filled: RatingStore) -> None:
        entry = filled.rated_movie(USER, 1)
        assert entry is not None
        assert (entry.movie, entry.rating.rated_at) == (MOVIES[0], day(2))
        assert filled.rated_movie(USER, 6) is None
        assert filled.rated_movie(OTHER, 1) is None

    def test_forgotten_user_has_no_ratings_and_others_keep_theirs(
        self, filled: RatingStore
    ) -> None:
        assert filled.forget_user(USER).ratings == 5
        assert list(filled.histories([USER, OTHER], since=LONG_AGO)) == [OTHER]
        assert filled.forget_user(USER).ratings == 0

    def test_rating_taken_back_is_gone_and_its_stars_are_told(self, filled: RatingStore) -> None:
        assert filled.take_back(USER, 3) == 1.5
        assert filled.histories([USER], since=LONG_AGO)[USER].movie_ids.tolist() == [2, 5, 4, 1]
        assert filled.take_back(USER, 3) is None
        assert filled.take_back(OTHER, 6) == 5.0
        assert filled.histories([OTHER], since=LONG_AGO) == {}

    def test_new_user_has_an_own_id_and_the_given_ratings(self, filled: RatingStore) -> None:
        first = filled.save_new_user([(2, 4.0, day(2)), (1, 3.5, day(1))])
        second = filled.save_new_user([(1, 1.0, day(1))])
        assert len({first, second, USER, OTHER}) == 4
        history = filled.histories([first], since=LONG_AGO)[first]
        assert (history.movie_ids.tolist(), history.ratings.tolist()) == ([1, 2], [3.5, 4.0])

    def test_new_user_with_an_unknown_movie_is_not_stored(self, store: RatingStore) -> None:
        with pytest.raises(UnknownMovieError, match="777"):
            store.save_new_user([(1, 4.0, day(1)), (777, 3.0, day(1))])
        assert store.histories(list(range(10**9, 10**9 + 20)), since=LONG_AGO) == {}

    def test_largest_ids_are_kept(self, store: RatingStore) -> None:
        store.save(Rating(2**63 - 1, 1, 3.0, day(1)))
        assert list(store.histories([2**63 - 1], since=LONG_AGO)) == [2**63 - 1]
