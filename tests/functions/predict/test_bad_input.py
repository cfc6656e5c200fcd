"""Whatever callers send, they get a 4xx that names the field, and nothing is stored."""

import json
from collections.abc import Iterator

import pytest

from tests.functions.predict.conftest import Predict

LIST = "/predict/"
RATINGS = "/ratings"
RATED = {"user_id": 1, "movie_id": 20, "rating": 4}
FEEDBACK = {"request_id": "6f4b41d5-6a6a-4a29-8a4f-0f1a9f1f5c55", "movie_id": 10, "action": "click"}


@pytest.fixture(autouse=True)
def nothing_is_stored(predict: Predict) -> Iterator[None]:
    before = dict(predict.ratings.stored)
    yield
    assert predict.ratings.stored == before
    assert predict.answers.logged == []
    assert predict.answers.feedback == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        pytest.param(LIST, {"n": 3}, "user_id", id="list without user"),
        pytest.param(LIST, {"user_id": None}, "user_id", id="user null"),
        pytest.param(LIST, {"user_id": True}, "user_id", id="user a truth value"),
        pytest.param(LIST, {"user_id": "somebody"}, "user_id", id="user not a number"),
        pytest.param(LIST, {"user_id": 1.5}, "user_id", id="user not whole"),
        pytest.param(LIST, {"user_id": 0}, "user_id", id="user zero"),
        pytest.param(LIST, {"user_id": -1}, "user_id", id="user negative"),
        pytest.param(LIST, {"user_id": 2**63}, "user_id", id="user beyond 64 bits"),
        pytest.param(LIST, {"user_id": 10**400}, "user_id", id="user huge"),
        pytest.param(LIST, {"user_id": 1e308}, "user_id", id="user a huge float"),
        pytest.param(LIST, {"user_id": float("nan")}, "user_id", id="user NaN"),
        pytest.param(LIST, {"user_id": float("inf")}, "user_id", id="user infinite"),
        pytest.param(LIST, {"user_id": [1]}, "user_id", id="user a list"),
        pytest.param(LIST, {"user_id": 1, "n": 0}, "n", id="n zero"),
        pytest.param(LIST, {"user_id": 1, "n": 101}, "n", id="n too large"),
        pytest.param(LIST, {"user_id": 1, "limit": 5}, "limit", id="unknown field"),
        pytest.param(LIST, {"user_id": 1, "a\0b": 5}, "a\0b", id="unknown field with NUL"),
        pytest.param(LIST, {"user_id": 1, "\ud800": 5}, "body", id="unknown field, no text"),
        pytest.param(LIST, {"user_id": 1, "genres": "Comedy"}, "genres", id="genres not a list"),
        pytest.param(LIST, {"user_id": 1, "genres": []}, "genres", id="genres empty"),
        pytest.param(LIST, {"user_id": 1, "genres": ["Noir"]}, "genres", id="genre unknown"),
        pytest.param(LIST, {"user_id": 1, "genres": ["\0"]}, "genres", id="genre NUL"),
        pytest.param(LIST, {"user_id": 1, "genres": ["\udfff"]}, "genres.0", id="genre no text"),
        pytest.param(LIST, {"user_id": 1, "year_from": 12}, "year_from", id="year too small"),
        pytest.param(
            LIST, {"user_id": 1, "year_from": 1990, "year_to": 1980}, "year_from", id="years"
        ),
        pytest.param(LIST, {"user_id": 1, "exclude": [1, "x"]}, "exclude.1", id="excluded text"),
        pytest.param(LIST, {"user_id": 1, "exclude": [2**64]}, "exclude.0", id="excluded huge"),
        pytest.param(LIST, {"user_id": 1, "include_seen": "maybe"}, "include_seen", id="flag"),
        pytest.param("/predict/batch", {"user_ids": []}, "user_ids", id="batch empty"),
        pytest.param("/predict/batch", {"user_ids": [1] * 101}, "user_ids", id="batch too long"),
        pytest.param("/predict/batch", {"user_ids": [1, 0]}, "user_ids.1", id="batch bad user"),
        pytest.param("/predict/batch", {"user_ids": [1], "user_id": 1}, "user_id", id="batch both"),
        pytest.param("/predict/from-ratings", {"ratings": []}, "ratings", id="ratings empty"),
        pytest.param(
            "/predict/from-ratings",
            {"ratings": [{"movie_id": 10, "rating": 4}] * 2},
            "ratings",
            id="ratings with a movie twice",
        ),
        pytest.param(
            "/predict/from-ratings",
            {"ratings": [{"movie_id": 10, "rating": 4, "rated_at": "yesterday"}]},
            "ratings.0.rated_at",
            id="ratings with a bad date",
        ),
        pytest.param(RATINGS, RATED | {"rating": 0}, "rating", id="rating below the scale"),
        pytest.param(RATINGS, RATED | {"rating": 5.5}, "rating", id="rating above the scale"),
        pytest.param(RATINGS, RATED | {"rating": 4.2}, "rating", id="rating between steps"),
        pytest.param(RATINGS, RATED | {"rating": float("nan")}, "rating", id="rating NaN"),
        pytest.param(RATINGS, RATED | {"rating": -float("inf")}, "rating", id="rating infinite"),
        pytest.param(RATINGS, RATED | {"rating": 1e308}, "rating", id="rating huge"),
        pytest.param(RATINGS, RATED | {"rating": "good"}, "rating", id="rating text"),
        pytest.param(RATINGS, RATED | {"movie_id": 2**63}, "movie_id", id="rated movie huge"),
        pytest.param(
            RATINGS, RATED | {"rated_at": "2999-01-01T00:00:00Z"}, "rated_at", id="future"
        ),
        pytest.param(
            RATINGS, RATED | {"rated_at": "2020-01-01T00:00:00"}, "rated_at", id="no time zone"
        ),
        pytest.param(
            RATINGS, RATED | {"rated_at": "0001-01-01T00:00:00+14:00"}, "rated_at", id="ancient"
        ),
        pytest.param("/feedback", FEEDBACK | {"request_id": "1"}, "request_id", id="request id"),
        pytest.param("/feedback", FEEDBACK | {"action": "like"}, "action", id="action"),
    ],
)
def test_body_with_a_wrong_field_is_422_and_names_it(
    predict: Predict, path: str, body: dict[str, object], field: str
) -> None:
    reply = predict.send("POST", path, raw=json.dumps(body))
    assert reply.status == 422
    assert reply.error["code"] == "invalid_request"
    assert field in reply.error["message"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(None, 422, id="no body"),
        pytest.param("", 422, id="empty body"),
        pytest.param("null", 422, id="null"),
        pytest.param("[]", 422, id="a list"),
        pytest.param('"text"', 422, id="a text"),
        pytest.param("{", 422, id="half an object"),
        pytest.param("user_id=1", 422, id="a form"),
        pytest.param(b"\xff\xfe\x00", 400, id="bytes that are no text"),
        pytest.param("[" * 100_000 + "]" * 100_000, 400, id="deeply nested"),
        pytest.param('{"user_id": ' + "9" * 5_000 + "}", 400, id="more digits than Python reads"),
    ],
)
def test_body_that_is_no_json_object_is_refused(
    predict: Predict, raw: str | bytes | None, status: int
) -> None:
    reply = predict.send("POST", LIST, raw=raw)
    assert reply.status == status
    assert reply.error["code"] == "invalid_request"
    assert "body" in reply.error["message"].lower()


def test_half_a_json_object_is_told_in_words(predict: Predict) -> None:
    assert predict.send("POST", LIST, raw="{").error["message"] == "body: is no JSON"


def test_rule_of_ours_is_told_without_the_name_of_an_exception(predict: Predict) -> None:
    message = predict.post(RATINGS, **RATED | {"rating": 4.2}).error["message"]
    assert message == "rating: must be 0.5 to 5.0 stars in steps of 0.5"


def test_unknown_genre_is_answered_with_the_known_ones(predict: Predict) -> None:
    error = predict.post(LIST, user_id=1, genres=["comedy", "Noir"]).error
    assert error["details"] == {
        "unknown": ["Noir"],
        "known": ["Action", "Comedy", "Horror", "Sci-Fi"],
    }


def test_many_wrong_values_do_not_make_a_huge_reply(predict: Predict) -> None:
    reply = predict.post(LIST, user_id=1, exclude=["x"] * 10_000)
    assert reply.status == 422
    assert len(reply.text) < 10_000


def test_rating_of_an_unknown_movie_is_404_and_names_it(predict: Predict) -> None:
    reply = predict.post(RATINGS, **RATED | {"movie_id": 777})
    assert reply.status == 404
    assert reply.error["code"] == "unknown_movie"
    assert "777" in reply.error["message"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        pytest.param("/movies", {"limit": 0}, "limit", id="limit"),
        pytest.param("/movies", {"offset": -1}, "offset", id="offset"),
        pytest.param("/movies", {"year_from": "x"}, "year_from", id="year"),
        pytest.param("/movies", {"query": "x" * 201}, "query", id="long query"),
        pytest.param("/movies", {"query": "a\0b"}, "query", id="query with NUL"),
        pytest.param("/movies", {"genre": "a\0b"}, "genre", id="genre with NUL"),
        pytest.param("/movies/popular", {"genre": "Noir"}, "genre", id="unknown genre"),
        pytest.param("/movies/popular", {"n": 101}, "n", id="n"),
        pytest.param("/movies/abc", {}, "movie_id", id="movie not a number"),
        pytest.param("/movies/9223372036854775808", {}, "movie_id", id="movie beyond 64 bits"),
        pytest.param("/movies/0/similar", {}, "movie_id", id="movie zero"),
        pytest.param("/predict/0/10", {}, "user_id", id="user zero"),
        pytest.param("/users/x/ratings", {}, "user_id", id="user not a number"),
        pytest.param("/users/1/ratings", {"limit": 1001}, "limit", id="limit of ratings"),
    ],
)
def test_query_or_path_with_a_wrong_value_is_422_and_names_it(
    predict: Predict, path: str, query: dict[str, object], field: str
) -> None:
    reply = predict.get(path, **query)
    assert reply.status == 422
    assert field in reply.error["message"]


def test_unknown_path_is_404_and_wrong_method_405(predict: Predict) -> None:
    assert predict.get("/nothing").error["code"] == "not_found"
    wrong_method = predict.get("/predict/")
    assert wrong_method.status == 405
    assert wrong_method.error["code"] == "method_not_allowed"
