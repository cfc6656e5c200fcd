"""What the predict function serves and stores while everything is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.errors import ArtifactNotFoundError, ConflictError
from matinee.stores.model_publisher import ModelPublisher
from tests.integration.predict.conftest import (
    ALIEN,
    ALIENS,
    BIG,
    CLUE,
    DUNE,
    ELOGE,
    Send,
    logged,
    movie_ids,
    publish,
    rows_of,
)
from tests.support.models import build_version
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

ADMIN = {"authorization": "Bearer integration-token", "content-type": "application/json"}


def test_environment_start_is_stored_once_a_list_was_made(
    send: Send, filled_database_url: str
) -> None:
    send("GET", "/health")
    for _ in range(3):
        send("POST", "/predict/", user_id=1)
    (row,) = rows_of(
        filled_database_url,
        "SELECT function, length(environment_id), start_seconds > 0, started_at < now() "
        "FROM environment_starts",
    )
    assert row == ("predict", 32, True, True)
    status, activity = send("GET", "/activity")
    assert (status, activity["total"]["strategies"]) == (200, {"model": 3})
    assert sum(bucket["environment_starts"] for bucket in activity["buckets"]) == 1


def test_movie_night_and_newcomers_are_served_from_the_database(send: Send) -> None:
    visitor = [{"movie_id": BIG, "rating": 4.5}]
    _, saved = send("POST", "/users", ratings=visitor)
    members = [{"user_id": 1}, {"user_id": saved["user_id"]}, {"ratings": visitor}]
    status, reply = send("POST", "/predict/group", members=members, method="fairness")
    assert status == 200
    assert [member["strategy"] for member in reply["members"]] == [
        "model",
        "from_ratings",
        "from_ratings",
    ]
    assert set(movie_ids(reply)) == {ALIENS, CLUE, DUNE, ELOGE}
    status, questions = send("POST", "/movies/to-rate", asked=[BIG], n=2)
    assert (status, questions["source"], len(questions["items"])) == (200, "ratings", 2)
    _, counts = send("GET", f"/movies/{BIG}/ratings")
    assert (counts["total"], counts["mean"]) == (2, 4.25)
    assert send("DELETE", f"/users/{saved['user_id']}/ratings/{BIG}")[0] == 200
    assert [user["user_id"] for user in send("GET", "/users")[1]["items"]] == [1, 2]


def test_published_version_is_served(send: Send) -> None:
    status, reply = send("POST", "/predict/", user_id=1)
    assert status == 200
    assert reply["strategy"] == "model"
    assert reply["model_version"] == "v1"
    assert movie_ids(reply) == [ALIENS, DUNE, BIG, CLUE, ELOGE]
    assert send("GET", "/ready")[1] == {"ready": True, "model": "ok", "database": "ok"}


def test_version_published_while_serving_is_picked_up(
    serve: Callable[..., Send],
    publisher: ModelPublisher,
    tmp_path: Path,
    filled_database_url: str,
) -> None:
    send = serve(filled_database_url, MODEL_REFRESH_SECONDS="0")
    status, error = send("POST", "/predict/", user_id=1)
    assert (status, error["error"]["code"]) == (503, "model_not_found")
    for version in ("v1", "v2"):
        publish(publisher, tmp_path, version)
        status, reply = send("POST", "/predict/", user_id=1)
        assert (status, reply["model_version"]) == (200, version)
    assert list(publisher.versions()) == ["v1", "v2"]


def test_version_is_never_published_twice(publisher: ModelPublisher, tmp_path: Path) -> None:
    publish(publisher, tmp_path, "v1")
    with pytest.raises(ConflictError, match="v1"):
        publisher.publish(tmp_path / "v1")


def test_manifest_of_a_missing_version_is_not_found(publisher: ModelPublisher) -> None:
    with pytest.raises(ArtifactNotFoundError, match="v9"):
        publisher.manifest("v9")


def test_champion_is_swapped_by_one_of_two_writers(
    publisher: ModelPublisher, tmp_path: Path
) -> None:
    first, second = (build_version(tmp_path, version) for version in ("v1", "v2"))
    publisher.swap_champion(first, expected_etag=None)
    with pytest.raises(ConflictError):
        publisher.swap_champion(second, expected_etag=None)
    champion = publisher.champion()
    assert champion is not None
    publisher.swap_champion(second, expected_etag=champion[1])
    with pytest.raises(ConflictError):
        publisher.swap_champion(first, expected_etag=champion[1])
    now = publisher.champion()
    assert now is not None and now[0].version == "v2"


def test_users_read_by_byte_range_get_the_same_lists_as_users_read_whole(
    send: Send, serve: Callable[..., Send], filled_database_url: str
) -> None:
    ranged = serve(filled_database_url, USER_ARRAYS_INLINE_MB="0")
    for user_id in (1, 2, 99):
        lists = [one("POST", "/predict/", user_id=user_id)[1] for one in (send, ranged)]
        assert lists[0] | {"request_id": None} == lists[1] | {"request_id": None}


def test_rating_posted_changes_the_next_list_and_its_strategy(send: Send) -> None:
    status, saved = send("POST", "/ratings", user_id=1, movie_id=BIG, rating=4.5)
    assert (status, saved["replaced"]) == (200, False)
    _, reply = send("POST", "/predict/", user_id=1)
    assert reply["strategy"] == "from_ratings"
    assert movie_ids(reply) == [CLUE, ALIENS, DUNE, ELOGE]
    _, saved = send("POST", "/ratings", user_id=1, movie_id=BIG, rating=1)
    assert saved["replaced"] is True
    _, ratings = send("GET", "/users/1/ratings")
    assert [(item["movie_id"], item["rating"]) for item in ratings["items"]] == [(30, 1), (10, 5)]


def test_rating_of_an_unknown_movie_is_refused_and_the_connection_goes_on(send: Send) -> None:
    status, reply = send("POST", "/ratings", user_id=1, movie_id=777, rating=4)
    assert (status, reply["error"]["code"]) == (404, "unknown_movie")
    assert send("POST", "/predict/", user_id=1)[1]["strategy"] == "model"


def test_batch_of_users_reads_all_their_histories(send: Send) -> None:
    send("POST", "/ratings", user_id=2, movie_id=ALIEN, rating=3)
    _, reply = send("POST", "/predict/batch", user_ids=[2, 99, 1], n=1)
    strategies = [result["strategy"] for result in reply["results"]]
    assert strategies == ["from_ratings", "popular", "model"]


def test_answers_are_stored(send: Send, filled_database_url: str) -> None:
    _, first = send("POST", "/predict/", user_id=1, n=2, genres=["Sci-Fi"])
    _, empty = send("POST", "/predict/", user_id=99, year_from=2150)
    wait_until(lambda: len(logged(filled_database_url)) == 2)
    assert logged(filled_database_url) == [
        (
            first["request_id"],
            1,
            "model",
            "v1",
            [ALIENS, DUNE],
            pytest.approx([0.5, 0.3]),
            {"n": 2, "genres": ["Sci-Fi"]},
        ),
        (empty["request_id"], 99, "popular", "v1", [], [], {"year_from": 2150}),
    ]


def test_batch_stores_every_answer(send: Send, filled_database_url: str) -> None:
    send("POST", "/predict/batch", user_ids=[1, 2, 99] * 10)
    wait_until(lambda: len(logged(filled_database_url)) == 30)
    assert {user_id for _, user_id, *_ in logged(filled_database_url)} == {1, 2, 99}


def test_feedback_is_stored_once(send: Send, filled_database_url: str) -> None:
    _, reply = send("POST", "/predict/", user_id=1)
    for _ in range(2):
        status, _ = send(
            "POST", "/feedback", request_id=reply["request_id"], movie_id=ALIENS, action="click"
        )
        assert status == 200
    assert rows_of(filled_database_url, "SELECT movie_id, action, user_id FROM feedback") == [
        (ALIENS, "click", None)
    ]


def test_forgotten_user_is_gone_from_every_table(send: Send, filled_database_url: str) -> None:
    _, reply = send("POST", "/predict/", user_id=1)
    send("POST", "/predict/", user_id=2)
    send("POST", "/feedback", request_id=reply["request_id"], movie_id=ALIENS, action="watch")
    wait_until(lambda: len(logged(filled_database_url)) == 2)
    status, forgotten = send("DELETE", "/users/1", headers=ADMIN)
    assert status == 200
    assert forgotten == {"user_id": 1, "ratings": 1, "recommendation_logs": 1, "feedback": 1}
    for table in ("ratings", "recommendation_logs"):
        assert rows_of(filled_database_url, f"SELECT DISTINCT user_id FROM {table}") == [(2,)]
    assert rows_of(filled_database_url, "SELECT count(*) FROM feedback") == [(0,)]
    assert send("POST", "/predict/", user_id=1)[1]["strategy"] == "popular"
