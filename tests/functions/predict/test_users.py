"""Ratings, feedback and forgetting."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matinee.domain.ratings import Rating
from tests.functions.predict.conftest import ADMIN_TOKEN, Predict, Reply
from tests.support.models import build_version

FEEDBACK = {"request_id": "6f4b41d5-6a6a-4a29-8a4f-0f1a9f1f5c55", "movie_id": 10, "action": "watch"}
FORGET_USER = "/users/1"


def test_rating_posted_is_stored_and_shown(predict: Predict) -> None:
    moment = "2021-05-01T12:00:00Z"
    reply = predict.post("/ratings", user_id=7, movie_id=10, rating=4.5, rated_at=moment)
    assert reply.status == 200
    assert reply.body == {
        "user_id": 7,
        "movie_id": 10,
        "rating": 4.5,
        "rated_at": moment,
        "replaced": False,
    }
    (item,) = predict.get("/users/7/ratings").body["items"]
    assert (item["title"], item["rating"], item["rated_at"]) == ("Alien", 4.5, moment)


def test_rating_changed_says_that_it_replaced_one(predict: Predict) -> None:
    predict.post("/ratings", user_id=7, movie_id=10, rating=4.5)
    assert predict.post("/ratings", user_id=7, movie_id=10, rating=1).body["replaced"] is True
    assert predict.get("/users/7/ratings").body["total"] == 1


def test_rating_without_time_was_given_now(predict: Predict) -> None:
    before = datetime.now(UTC)
    predict.post("/ratings", user_id=7, movie_id=10, rating=4.5)
    rating, _ = predict.ratings.stored[7, 10]
    assert rating.rated_at is not None
    assert before <= rating.rated_at <= datetime.now(UTC)


def test_ratings_of_a_user_come_newest_first_and_undated_ones_last(predict: Predict) -> None:
    for movie_id, rated_at in ((10, None), (20, 2019), (30, 2020)):
        moment = rated_at and datetime(rated_at, 1, 1, tzinfo=UTC)
        rating = Rating(7, movie_id, 3.0, moment or None)
        predict.ratings.stored[7, movie_id] = (rating, datetime.now(UTC))
    body = predict.get("/users/7/ratings", limit=2, offset=1).body
    assert [item["movie_id"] for item in body["items"]] == [20, 10]
    assert body["items"][1]["rated_at"] is None
    assert body["total"] == 3


def test_ratings_of_an_unknown_user_are_an_empty_page(predict: Predict) -> None:
    reply = predict.get("/users/99/ratings")
    assert reply.status == 200
    assert reply.body["items"] == []


def test_one_rating_of_a_user_is_told_with_its_movie(predict: Predict) -> None:
    moment = "2021-05-01T12:00:00Z"
    predict.post("/ratings", user_id=7, movie_id=10, rating=4.5, rated_at=moment)
    reply = predict.get("/users/7/ratings/10")
    assert reply.status == 200
    (item,) = predict.get("/users/7/ratings").body["items"]
    assert reply.body == item


@pytest.mark.parametrize("path", ["/users/2/ratings/10", "/users/99/ratings/10"])
def test_rating_that_was_never_given_is_404(predict: Predict, path: str) -> None:
    reply = predict.get(path)
    assert (reply.status, reply.error["code"]) == (404, "not_found")


def test_feedback_is_stored(predict: Predict) -> None:
    reply = predict.post("/feedback", **FEEDBACK, user_id=1)
    assert reply.status == 200
    assert reply.body == FEEDBACK
    ((request_id, movie_id, action, user_id),) = predict.answers.feedback
    assert (str(request_id), movie_id, action, user_id) == (*FEEDBACK.values(), 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", "/ratings", {"user_id": 1, "movie_id": 10, "rating": 3}, id="rating"),
        pytest.param("POST", "/feedback", FEEDBACK, id="feedback"),
        pytest.param("DELETE", FORGET_USER, {}, id="forget"),
        pytest.param("GET", "/users/1/ratings", {}, id="history"),
        pytest.param("GET", "/users/1/ratings/10", {}, id="one rating"),
        pytest.param("GET", "/users", {}, id="users"),
        pytest.param("POST", "/users", {"ratings": [{"movie_id": 10, "rating": 3}]}, id="new user"),
        pytest.param("DELETE", "/users/1/ratings/10", {}, id="taking back"),
        pytest.param("GET", "/movies/10/ratings", {}, id="star counts"),
        pytest.param("GET", "/activity", {}, id="activity"),
    ],
)
def test_request_that_needs_the_database_is_503_with_retry_after_while_it_is_down(
    predict: Predict, method: str, path: str, body: dict[str, object]
) -> None:
    predict.database.is_down = True
    headers = {"authorization": f"Bearer {ADMIN_TOKEN}"}
    reply = predict.send(method, path, headers=headers, **body)  # type: ignore[arg-type]
    assert reply.status == 503
    assert reply.error["code"] == "rating_store_unavailable"
    assert int(reply.headers["retry-after"]) > 0


def test_users_are_listed_by_id_with_how_much_they_rated(predict: Predict) -> None:
    predict.post("/ratings", user_id=7, movie_id=10, rating=4, rated_at="2021-05-01T12:00:00Z")
    reply = predict.get("/users")
    assert reply.body == {
        "limit": 50,
        "offset": 0,
        "has_more": False,
        "items": [
            {"user_id": 1, "n_ratings": 1, "last_rated_at": None},
            {"user_id": 2, "n_ratings": 2, "last_rated_at": None},
            {"user_id": 7, "n_ratings": 1, "last_rated_at": "2021-05-01T12:00:00Z"},
        ],
    }


@pytest.mark.parametrize(
    ("offset", "user_ids", "has_more"), [(0, [1], True), (1, [2], False), (2, [], False)]
)
def test_page_of_users_says_whether_there_are_more(
    predict: Predict, offset: int, user_ids: list[int], has_more: bool
) -> None:
    body = predict.get("/users", limit=1, offset=offset).body
    assert [item["user_id"] for item in body["items"]] == user_ids
    assert body["has_more"] is has_more


def test_rating_taken_back_is_gone_and_its_movie_may_be_listed_again(predict: Predict) -> None:
    reply = predict.send("DELETE", "/users/2/ratings/40")
    assert (reply.status, reply.body) == (200, {"user_id": 2, "movie_id": 40, "rating": 2.0})
    items = predict.get("/users/2/ratings").body["items"]
    assert [item["movie_id"] for item in items] == [30]
    assert 40 in predict.post("/predict/", user_id=2).movie_ids


@pytest.mark.parametrize("path", ["/users/2/ratings/10", "/users/99/ratings/10"])
def test_taking_back_what_was_never_rated_is_404(predict: Predict, path: str) -> None:
    reply = predict.send("DELETE", path)
    assert (reply.status, reply.error["code"]) == (404, "not_found")


def forget(predict: Predict, **headers: str) -> Reply:
    return predict.send("DELETE", FORGET_USER, headers=headers)


def test_forgetting_a_user_deletes_the_history(predict: Predict) -> None:
    reply = forget(predict, authorization=f"Bearer {ADMIN_TOKEN}")
    assert reply.body == {"user_id": 1, "ratings": 1, "recommendation_logs": 0, "feedback": 0}
    assert predict.get("/users/1/ratings").body["total"] == 0
    assert predict.post("/predict/", user_id=1).body["strategy"] == "popular"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"authorization": "Bearer wrong"}, id="wrong token"),
        pytest.param({"authorization": "Bearer "}, id="empty token"),
        pytest.param({"authorization": f"Basic {ADMIN_TOKEN}"}, id="wrong scheme"),
        pytest.param({"authorization": ADMIN_TOKEN}, id="no scheme"),
        pytest.param({"authorization": "Bearer ünï"}, id="not ASCII"),
    ],
)
def test_forgetting_without_the_admin_token_is_401_and_deletes_nothing(
    predict: Predict, headers: dict[str, str]
) -> None:
    reply = forget(predict, **headers)
    assert reply.status == 401
    assert reply.error["code"] == "unauthorized"
    assert reply.headers["www-authenticate"] == "Bearer"
    assert ADMIN_TOKEN not in reply.text
    assert (1, 10) in predict.ratings.stored


def test_forgetting_is_closed_to_everybody_while_no_token_is_set(tmp_path: Path) -> None:
    predict = Predict(tmp_path, admin_token=None)
    predict.versions.pointer = build_version(tmp_path)
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer None"}):
        assert forget(predict, **headers).status == 401
