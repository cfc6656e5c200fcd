"""Lists: which movies, in which order, why, and what the strategy is called."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from matinee.domain.ratings import Rating
from tests.functions.predict.conftest import Predict, Reply
from tests.support.models import build_arrays, build_version

ALIEN, ALIENS, BIG, CLUE, DUNE, ELOGE = 10, 20, 30, 40, 50, 60
KNOWN_USER, OTHER_KNOWN_USER, NEW_USER = 1, 2, 99
AFTER_TRAINING = datetime(2020, 6, 1, tzinfo=UTC)


def test_list_of_a_known_user_follows_the_model_then_popularity(predict: Predict) -> None:
    reply = predict.post("/predict/", user_id=KNOWN_USER)
    assert reply.status == 200
    # Alien speaks for Aliens (0.5) and Dune (0.3); the others follow by number of ratings.
    assert reply.movie_ids == [ALIENS, DUNE, BIG, CLUE, ELOGE]
    assert [item["score"] for item in reply.body["items"]] == [0.5, 0.3, 0, 0, 0]


def test_list_reply_holds_what_the_contract_says(predict: Predict) -> None:
    body = predict.post("/predict/", user_id=KNOWN_USER, n=1).body
    request_id = UUID(body.pop("request_id"))
    assert request_id == predict.answers.logged[0].request_id
    assert body == {
        "user_id": KNOWN_USER,
        "strategy": "model",
        "model_version": "v1",
        "items": [
            {
                "movie_id": ALIENS,
                "title": "Aliens",
                "year": 1986,
                "genres": ["Action", "Sci-Fi"],
                "score": 0.5,
                # mean 3.5 + user 0.25 + movie 0.25
                "predicted_rating": 4.0,
                "because": [{"movie_id": ALIEN, "title": "Alien", "contribution": 0.5}],
            }
        ],
    }


def test_list_items_that_nothing_speaks_for_have_no_reasons(predict: Predict) -> None:
    items = predict.post("/predict/", user_id=KNOWN_USER).body["items"]
    assert [len(item["because"]) for item in items] == [1, 1, 0, 0, 0]


def test_list_movies_that_the_history_speaks_against_count_as_not_spoken_for(
    empty_predict: Predict,
) -> None:
    arrays, _ = build_arrays()
    # Aliens now speaks against Dune, more than Alien speaks for it.
    arrays["ranker_weights"][1] = [0.4, -0.5]
    versions = empty_predict.versions
    versions.pointer = build_version(versions.folder, arrays=arrays)
    ratings = [{"movie_id": ALIEN, "rating": 4}, {"movie_id": ALIENS, "rating": 4}]
    reply = empty_predict.post("/predict/from-ratings", ratings=ratings)
    assert reply.movie_ids == [BIG, CLUE, DUNE, ELOGE]
    dune = reply.body["items"][2]
    assert (dune["score"], dune["because"]) == (0, [])
    assert reply.body["strategy"] == "popular"


@pytest.mark.parametrize("n_reasons", [0, 1, 3])
def test_list_reasons_are_the_strongest_first_and_at_most_as_many_as_wanted(
    predict: Predict, n_reasons: int
) -> None:
    ratings = [{"movie_id": ALIEN, "rating": 5}, {"movie_id": ALIENS, "rating": 5}]
    reply = predict.post("/predict/from-ratings", ratings=ratings, n_reasons=n_reasons, n=1)
    (dune,) = reply.body["items"]
    reasons = [(reason["movie_id"], reason["contribution"]) for reason in dune["because"]]
    assert reasons == [(ALIEN, 0.3), (ALIENS, 0.2)][:n_reasons]
    assert dune["score"] == 0.5


def strategy(reply: Reply) -> str:
    assert reply.status == 200
    name: str = reply.body["strategy"]
    return name


def test_strategy_is_model_while_the_history_is_what_the_model_saw(predict: Predict) -> None:
    assert strategy(predict.post("/predict/", user_id=KNOWN_USER)) == "model"


def test_strategy_is_from_ratings_once_a_known_user_rates_again(predict: Predict) -> None:
    predict.post("/ratings", user_id=KNOWN_USER, movie_id=BIG, rating=4)
    reply = predict.post("/predict/", user_id=KNOWN_USER)
    assert strategy(reply) == "from_ratings"
    assert reply.movie_ids == [CLUE, ALIENS, DUNE, ELOGE]


def test_strategy_is_from_ratings_for_a_user_whom_the_model_does_not_know(
    predict: Predict,
) -> None:
    predict.post("/ratings", user_id=NEW_USER, movie_id=BIG, rating=4)
    reply = predict.post("/predict/", user_id=NEW_USER)
    assert strategy(reply) == "from_ratings"
    assert reply.movie_ids[0] == CLUE


def test_strategy_is_popular_for_a_user_without_ratings(predict: Predict) -> None:
    reply = predict.post("/predict/", user_id=NEW_USER)
    assert strategy(reply) == "popular"
    assert reply.movie_ids == [BIG, ALIEN, ALIENS, CLUE, DUNE, ELOGE]


def test_strategy_is_popular_where_no_rating_says_anything(predict: Predict) -> None:
    predict.post("/ratings", user_id=NEW_USER, movie_id=ELOGE, rating=4)
    reply = predict.post("/predict/", user_id=NEW_USER)
    assert strategy(reply) == "popular"
    assert ELOGE not in reply.movie_ids


def test_strategy_is_popular_where_filters_leave_nothing_that_a_rating_speaks_for(
    predict: Predict,
) -> None:
    reply = predict.post("/predict/", user_id=KNOWN_USER, genres=["Comedy"])
    assert strategy(reply) == "popular"
    assert reply.movie_ids == [BIG, CLUE]


def test_strategy_is_popular_where_the_model_knows_no_rated_movie(predict: Predict) -> None:
    predict.ratings.stored[NEW_USER, 777] = (Rating(NEW_USER, 777, 4.0), AFTER_TRAINING)
    assert strategy(predict.post("/predict/", user_id=NEW_USER)) == "popular"
    assert strategy(predict.get(f"/predict/{NEW_USER}/{BIG}")) == "popular"


def test_strategy_is_fallback_snapshot_for_a_known_user_while_the_database_is_down(
    predict: Predict,
) -> None:
    usual = predict.post("/predict/", user_id=KNOWN_USER)
    predict.database.is_down = True
    reply = predict.post("/predict/", user_id=KNOWN_USER)
    assert strategy(reply) == "fallback_snapshot"
    assert reply.body["items"] == usual.body["items"]


def test_strategy_is_fallback_popular_for_a_new_user_while_the_database_is_down(
    predict: Predict,
) -> None:
    predict.database.is_down = True
    reply = predict.post("/predict/", user_id=NEW_USER)
    assert strategy(reply) == "fallback_popular"
    assert reply.movie_ids[0] == BIG


def test_strategy_returns_to_model_once_the_database_is_back(predict: Predict) -> None:
    predict.database.is_down = True
    predict.post("/predict/", user_id=KNOWN_USER)
    predict.database.is_down = False
    assert strategy(predict.post("/predict/", user_id=KNOWN_USER)) == "model"


def test_list_never_holds_a_rated_movie(predict: Predict) -> None:
    assert {BIG, CLUE}.isdisjoint(
        predict.post("/predict/", user_id=OTHER_KNOWN_USER, n=100).movie_ids
    )


def test_list_holds_rated_movies_when_asked(predict: Predict) -> None:
    reply = predict.post("/predict/", user_id=OTHER_KNOWN_USER, include_seen=True, n=2)
    # Clue says Big with 0.7, Big says Clue with 0.6.
    assert reply.movie_ids == [BIG, CLUE]


def test_list_of_somebody_who_rated_everything_is_empty(predict: Predict) -> None:
    for movie_id in predict.movies.movies:
        predict.post("/ratings", user_id=NEW_USER, movie_id=movie_id, rating=3)
    reply = predict.post("/predict/", user_id=NEW_USER)
    assert reply.status == 200
    assert reply.body["items"] == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({"genres": ["Sci-Fi"]}, [ALIENS, DUNE], id="genre"),
        pytest.param({"genres": ["sci-fi"]}, [ALIENS, DUNE], id="genre in another case"),
        pytest.param({"genres": ["Comedy", "Action"]}, [ALIENS, BIG, CLUE], id="one of two genres"),
        pytest.param({"year_from": 1986}, [ALIENS, BIG], id="first year"),
        pytest.param({"year_to": 1985}, [DUNE, CLUE], id="last year"),
        pytest.param({"year_from": 1985, "year_to": 1986}, [ALIENS, CLUE], id="both years"),
        pytest.param({"year_from": 2100}, [], id="nothing is that new"),
        pytest.param({"exclude": [ALIENS, 777]}, [DUNE, BIG, CLUE, ELOGE], id="excluded"),
    ],
)
def test_list_honours_filters_and_fills_up_with_popular_movies(
    predict: Predict, filters: dict[str, object], expected: list[int]
) -> None:
    assert predict.post("/predict/", user_id=KNOWN_USER, **filters).movie_ids == expected


def test_from_ratings_uses_what_is_given_and_stores_nothing(predict: Predict) -> None:
    before = dict(predict.ratings.stored)
    ratings = [{"movie_id": BIG, "rating": 4.5}, {"movie_id": 777, "rating": 1}]
    reply = predict.post("/predict/from-ratings", ratings=ratings, n=1)
    assert strategy(reply) == "from_ratings"
    assert reply.movie_ids == [CLUE]
    assert reply.body["user_id"] is None
    assert reply.body["unknown_movie_ids"] == [777]
    assert predict.ratings.stored == before
    assert predict.answers.logged == []


def test_from_ratings_answers_while_the_database_is_down(predict: Predict) -> None:
    predict.database.is_down = True
    reply = predict.post("/predict/from-ratings", ratings=[{"movie_id": BIG, "rating": 4.5}])
    assert strategy(reply) == "from_ratings"


def test_batch_answers_each_user_in_order_as_if_asked_alone(predict: Predict) -> None:
    users = [NEW_USER, KNOWN_USER, KNOWN_USER, OTHER_KNOWN_USER]
    reply = predict.post("/predict/batch", user_ids=users, n=3, genres=["Sci-Fi"])
    assert reply.status == 200
    for user_id, result in zip(users, reply.body["results"], strict=True):
        alone = predict.post("/predict/", user_id=user_id, n=3, genres=["Sci-Fi"]).body
        assert result | {"request_id": None} == alone | {"request_id": None}


def test_batch_gives_each_list_an_id_and_a_log_row_of_its_own(predict: Predict) -> None:
    reply = predict.post("/predict/batch", user_ids=[KNOWN_USER, KNOWN_USER])
    ids = [result["request_id"] for result in reply.body["results"]]
    assert len(set(ids)) == 2
    assert [str(answer.request_id) for answer in predict.answers.logged] == ids


def test_answer_log_says_what_was_sent_and_what_was_asked(predict: Predict) -> None:
    reply = predict.post("/predict/", user_id=KNOWN_USER, genres=["Sci-Fi"], year_to=1990)
    (answer,) = predict.answers.logged
    assert answer.user_id == KNOWN_USER
    assert answer.strategy == "model"
    assert answer.model_version == "v1"
    assert answer.movie_ids == reply.movie_ids
    assert answer.scores == [item["score"] for item in reply.body["items"]]
    assert answer.predicted_ratings == [i["predicted_rating"] for i in reply.body["items"]]
    assert answer.filters == {"genres": ["Sci-Fi"], "year_to": 1990}
    assert answer.duration_ms > 0


@pytest.mark.parametrize("path", ["/predict", "/predict/"])
def test_list_is_answered_with_and_without_a_slash_at_the_end(predict: Predict, path: str) -> None:
    assert predict.post(path, user_id=KNOWN_USER).status == 200


def test_direct_invocation_gets_the_same_list(predict: Predict) -> None:
    reply = predict.handler({"user_id": KNOWN_USER, "n": 2}, None)  # type: ignore[arg-type]
    assert [item["movie_id"] for item in reply["items"]] == [ALIENS, DUNE]
    assert reply["strategy"] == "model"


def test_predicted_rating_of_a_known_user_uses_the_trained_parameters(predict: Predict) -> None:
    reply = predict.get(f"/predict/{KNOWN_USER}/{DUNE}")
    assert reply.body == {
        "user_id": KNOWN_USER,
        "movie_id": DUNE,
        "predicted_rating": 3.25,
        "strategy": "model",
        "model_version": "v1",
    }


def test_predicted_rating_of_a_new_user_is_the_movies_own(predict: Predict) -> None:
    reply = predict.get(f"/predict/{NEW_USER}/{DUNE}")
    assert reply.body["predicted_rating"] == 3.0
    assert reply.body["strategy"] == "popular"


def test_predicted_rating_of_an_unknown_movie_is_404(predict: Predict) -> None:
    reply = predict.get(f"/predict/{KNOWN_USER}/777")
    assert reply.status == 404
    assert reply.error["code"] == "unknown_movie"
    assert reply.error["details"] == {"movie_id": 777}
