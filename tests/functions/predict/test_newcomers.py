"""What a newcomer is asked about, and how a visitor becomes a user."""

from datetime import UTC, datetime
from typing import Any

import pytest

from matinee.domain.ratings import Rating
from tests.functions.predict.conftest import Predict
from tests.support.models import MOVIES, POPULARITY

ALIEN, ALIENS, BIG, CLUE, DUNE, ELOGE = 10, 20, 30, 40, 50, 60
VISITOR = [{"movie_id": BIG, "rating": 4.0}, {"movie_id": ALIEN, "rating": 2.5}]


def rate(predict: Predict, movie_id: int, *stars: float) -> None:
    for user_id, rating in enumerate(stars, start=100):
        predict.ratings.save(Rating(user_id, movie_id, rating))


@pytest.fixture
def divided(predict: Predict) -> Predict:
    """Everybody likes Big, the best known; people differ about Clue and Alien."""
    predict.ratings.stored.clear()
    rate(predict, BIG, 4, 4, 4, 4)
    rate(predict, ALIEN, 0.5, 5, 2, 3)
    rate(predict, CLUE, 0.5, 5, 0.5, 5)
    return predict


def test_movies_to_rate_are_those_that_are_known_and_divide_people(divided: Predict) -> None:
    body = divided.post("/movies/to-rate", n=2).body
    assert (body["source"], body["model_version"]) == ("ratings", "v1")
    assert body["items"] == [
        {
            "movie_id": ALIEN,
            "title": "Alien",
            "year": 1979,
            "genres": ["Horror", "Sci-Fi"],
            "n_ratings": POPULARITY[ALIEN],
            "entropy": 2.0,  # four opinions, each held by one in four
        },
        {
            "movie_id": CLUE,
            "title": "Clue",
            "year": 1985,
            "genres": ["Comedy"],
            "n_ratings": POPULARITY[CLUE],
            "entropy": 1.0,
        },
    ]


def test_movies_to_rate_are_not_asked_about_twice(divided: Predict) -> None:
    reply = divided.post("/movies/to-rate", asked=[ALIEN, 777], exclude=[CLUE], n=50)
    assert set(reply.movie_ids) == {ALIENS, BIG, DUNE, ELOGE}


def test_movies_to_rate_are_unlike_those_asked_before(predict: Predict) -> None:
    predict.ratings.stored.clear()
    for movie in MOVIES:
        rate(predict, movie.movie_id, 0.5, 5)
    # Aliens is better known than Clue, but whoever was asked about Alien answered it in part.
    assert predict.post("/movies/to-rate", exclude=[ALIEN, BIG], n=1).movie_ids == [ALIENS]
    reply = predict.post("/movies/to-rate", asked=[ALIEN], exclude=[BIG], n=1)
    assert reply.movie_ids == [CLUE]


def test_movies_to_rate_are_popular_ones_while_the_database_is_down(divided: Predict) -> None:
    divided.database.is_down = True
    body = divided.post("/movies/to-rate", n=1).body
    assert body["source"] == "popularity"
    assert [(item["movie_id"], item["entropy"]) for item in body["items"]] == [(BIG, None)]


def test_movies_to_rate_follow_the_database_again_once_it_is_back(divided: Predict) -> None:
    divided.database.is_down = True
    divided.post("/movies/to-rate", n=5)
    divided.database.is_down = False
    assert divided.post("/movies/to-rate", n=1).movie_ids == [ALIEN]


def test_opinions_are_read_again_only_when_they_are_old(divided: Predict) -> None:
    for _ in range(3):
        divided.post("/movies/to-rate", n=5)
    assert divided.statistics.n_questions == 1
    divided.clock.now += 601
    divided.post("/movies/to-rate", n=5)
    assert divided.statistics.n_questions == 2


def test_movies_to_rate_run_out(divided: Predict) -> None:
    reply = divided.post("/movies/to-rate", asked=[m.movie_id for m in MOVIES])
    assert (reply.status, reply.body["items"]) == (200, [])


def test_visitor_saved_becomes_a_user_whose_list_is_from_the_ratings(predict: Predict) -> None:
    reply = predict.post("/users", ratings=VISITOR)
    user_id = reply.body["user_id"]
    assert (reply.status, reply.body["ratings"]) == (200, 2)
    assert user_id >= 1_000_000_000
    assert predict.get(f"/users/{user_id}/ratings").body["total"] == 2
    assert predict.post("/predict/", user_id=user_id).body["strategy"] == "from_ratings"


def test_visitors_saved_get_an_id_each(predict: Predict) -> None:
    ids = {predict.post("/users", ratings=VISITOR).body["user_id"] for _ in range(3)}
    assert len(ids) == 3


def test_visitor_saved_keeps_the_order_of_undated_ratings_and_the_time_of_dated_ones(
    predict: Predict,
) -> None:
    dated = {"movie_id": DUNE, "rating": 3, "rated_at": "2019-05-01T12:00:00Z"}
    before = datetime.now(UTC)
    user_id = predict.post("/users", ratings=[*VISITOR, dated]).body["user_id"]
    alien, big, dune = (predict.ratings.stored[user_id, m][0].rated_at for m in (ALIEN, BIG, DUNE))
    assert dune == datetime(2019, 5, 1, 12, tzinfo=UTC)
    assert alien is not None and big is not None
    assert big < alien <= datetime.now(UTC)
    assert (before - big).total_seconds() < 1


def test_visitor_with_an_unknown_movie_is_not_saved_at_all(predict: Predict) -> None:
    stored = dict(predict.ratings.stored)
    reply = predict.post("/users", ratings=[*VISITOR, {"movie_id": 777, "rating": 3}])
    assert (reply.status, reply.error["code"]) == (404, "unknown_movie")
    assert reply.error["details"] == {"movie_ids": [777]}
    assert predict.ratings.stored == stored


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        pytest.param("/users", {"ratings": []}, id="no ratings"),
        pytest.param("/users", {"ratings": VISITOR * 2}, id="a movie twice"),
        pytest.param("/users", {"ratings": VISITOR, "user_id": 5}, id="a wished id"),
        pytest.param("/movies/to-rate", {"n": 0}, id="no questions"),
        pytest.param("/movies/to-rate", {"asked": [0]}, id="no id"),
    ],
)
def test_wrong_newcomer_request_is_refused(
    predict: Predict, path: str, fields: dict[str, Any]
) -> None:
    assert predict.post(path, **fields).status == 422
