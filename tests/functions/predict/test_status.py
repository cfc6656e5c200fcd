"""Model card, liveness, readiness, metrics."""

from typing import Any

import pytest

from matinee.errors import ArtifactNotFoundError
from tests.functions.predict.conftest import Predict

NO_MODEL = ArtifactNotFoundError("no model has been promoted yet: train one, then ask again")


def test_health_is_ok_whatever_is_down(empty_predict: Predict) -> None:
    empty_predict.database.is_down = True
    empty_predict.versions.problem = NO_MODEL
    reply = empty_predict.get("/health")
    assert (reply.status, reply.body) == (200, {"status": "ok"})


def test_ready_is_200_when_model_and_database_answer(predict: Predict) -> None:
    reply = predict.get("/ready")
    assert (reply.status, reply.body) == (200, {"ready": True, "model": "ok", "database": "ok"})


def test_ready_is_503_before_the_first_model(empty_predict: Predict) -> None:
    empty_predict.versions.problem = NO_MODEL
    reply = empty_predict.get("/ready")
    assert reply.status == 503
    assert reply.body == {"ready": False, "model": NO_MODEL.message, "database": "ok"}


def test_ready_is_503_while_the_database_is_down(predict: Predict) -> None:
    predict.database.is_down = True
    reply = predict.get("/ready")
    assert reply.status == 503
    assert reply.body["model"] == "ok"
    assert reply.body["database"] != "ok"


@pytest.mark.parametrize(
    "path", ["/predict/1/10", "/model", "/movies/popular", "/movies/10/similar"]
)
def test_request_before_the_first_model_is_503_and_says_what_to_do(
    empty_predict: Predict, path: str
) -> None:
    empty_predict.versions.problem = NO_MODEL
    reply = empty_predict.get(path)
    assert reply.status == 503
    assert reply.error["code"] == "model_not_found"
    assert "train one" in reply.error["message"]
    assert "retry-after" in reply.headers


def test_model_card_says_where_the_model_came_from_and_how_good_it_is(predict: Predict) -> None:
    card = predict.get("/model").body
    assert card["version"] == "v1"
    assert card["reason"] == "first model"
    assert card["data"]["n_ratings"] == 3
    assert card["ranker"]["algorithm"] == "ease"
    assert card["rater"]["algorithm"] == "SVD"
    assert card["metrics"] == {"ranker.ndcg_at_10": 0.2, "rater.rmse": 0.9}


def test_metrics_count_requests_by_route_and_status(predict: Predict) -> None:
    labels = {"route": "/predict", "strategy": "model", "status": "200"}
    by_id = {"route": "/movies/{movie_id}", "strategy": "", "status": "404"}
    before = predict.metric("matinee_requests_total", **labels)
    before_by_id = predict.metric("matinee_requests_total", **by_id)
    predict.post("/predict/", user_id=1)
    predict.post("/predict", user_id=1)
    predict.get("/movies/777")
    predict.get("/movies/778")
    assert predict.metric("matinee_requests_total", **labels) == before + 2
    assert predict.metric("matinee_requests_total", **by_id) == before_by_id + 2


def test_metrics_put_all_unknown_paths_under_one_label(predict: Predict) -> None:
    labels = {"route": "none", "strategy": "", "status": "404"}
    before = predict.metric("matinee_requests_total", **labels)
    predict.get("/made-up-1")
    predict.get("/made-up-2")
    assert predict.metric("matinee_requests_total", **labels) == before + 2


@pytest.mark.parametrize(
    ("path", "body", "strategy"),
    [
        ("/predict", {"user_id": 99}, "popular"),
        ("/predict/from-ratings", {"ratings": [{"movie_id": 10, "rating": 5}]}, "from_ratings"),
        ("/predict/batch", {"user_ids": [1, 99]}, "batch"),
    ],
)
def test_metrics_tell_how_the_list_of_a_request_was_made(
    predict: Predict, path: str, body: dict[str, Any], strategy: str
) -> None:
    labels = {"route": path, "strategy": strategy, "status": "200"}
    before = predict.metric("matinee_requests_total", **labels)
    predict.post(path, **body)
    assert predict.metric("matinee_requests_total", **labels) == before + 1


def test_metrics_count_every_user_who_gets_a_fallback(predict: Predict) -> None:
    predict.get("/model")
    before = predict.metric("matinee_fallbacks_total", cause="database_unavailable")
    predict.database.is_down = True
    predict.post("/predict/batch", user_ids=[1, 99])
    after = predict.metric("matinee_fallbacks_total", cause="database_unavailable")
    assert after == before + 2


def test_metrics_count_lists_by_strategy(predict: Predict) -> None:
    before = predict.metric("matinee_lists_total", strategy="popular")
    predict.post("/predict/batch", user_ids=[98, 99])
    assert predict.metric("matinee_lists_total", strategy="popular") == before + 2


def test_metrics_are_prometheus_text(predict: Predict) -> None:
    reply = predict.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE matinee_request_seconds histogram" in reply.text
