"""The predict function on a real PostgreSQL and a real S3 server."""

from __future__ import annotations

import io
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from mangum import Mangum

from matinee.errors import ArtifactNotFoundError, ConflictError
from matinee.observability.logs import JsonFormatter
from matinee.stores.model_publisher import ModelPublisher, s3_client
from matinee.stores.s3_reader import S3Reader
from predictor import services as services_module
from predictor.api import create_handler
from predictor.settings import PredictSettings
from tests.support.events import InvocationContext, http_event
from tests.support.models import HISTORIES, MOVIES, SNAPSHOT_AT, build_version
from tests.support.proxy import Proxy, proxy_to
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

ALIEN, ALIENS, BIG, CLUE, DUNE, ELOGE = 10, 20, 30, 40, 50, 60
ADMIN = {"authorization": "Bearer integration-token", "content-type": "application/json"}
TIMEOUT_MS = 500
Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def publisher(bucket: str, s3_environment: dict[str, str]) -> Iterator[ModelPublisher]:
    client = s3_client(
        region=s3_environment["AWS_REGION"], endpoint_url=s3_environment["AWS_ENDPOINT_URL_S3"]
    )
    yield ModelPublisher(client, bucket)
    client.close()


def publish(publisher: ModelPublisher, folder: Path, version: str) -> None:
    """Publish a version and make it champion."""
    pointer = build_version(folder, version)
    publisher.publish(folder / version)
    champion = publisher.champion()
    publisher.swap_champion(pointer, expected_etag=champion[1] if champion else None)


@contextmanager
def session(url: str) -> Iterator[Any]:
    """Open a connection of the test's own, every statement a transaction."""
    connection = psycopg2.connect(url, connect_timeout=5)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def rows_of(url: str, statement: str) -> list[tuple[Any, ...]]:
    with session(url) as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@pytest.fixture
def filled_database_url(database_url: str) -> str:
    """A database with the movies, and the ratings that the model was trained on."""
    with session(database_url) as cursor:
        cursor.executemany(
            "INSERT INTO movies (movie_id, title, year, genres) VALUES (%s, %s, %s, %s)",
            [(m.movie_id, m.title, m.year, list(m.genres)) for m in MOVIES],
        )
        cursor.executemany(
            "INSERT INTO ratings (user_id, movie_id, rating, stored_at) VALUES (%s, %s, %s, %s)",
            [
                (user_id, movie_id, stars, SNAPSHOT_AT)
                for user_id, history in HISTORIES.items()
                for movie_id, stars in history.items()
            ],
        )
    return database_url


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the readers that `build_services` makes."""
    made: list[S3Reader] = []

    class ClosedAfterwards(S3Reader):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(services_module, "S3Reader", ClosedAfterwards)
    yield
    for reader in made:
        reader.close()


@pytest.fixture
def serve(
    bucket: str, s3_environment: dict[str, str], tmp_path: Path, readers: None
) -> Iterator[Callable[..., Send]]:
    """Return a function that builds the handler as Lambda does, from variables."""
    databases = []

    def build(url: str, **changes: str) -> Send:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_TIMEOUT_MS": str(TIMEOUT_MS),
            "MODEL_BUCKET": bucket,
            "MODEL_CACHE_DIR": str(tmp_path / f"cache-{len(databases)}"),
            "ADMIN_TOKEN": "integration-token",
            **changes,
        }
        services = services_module.build_services(PredictSettings.from_environment(environment))
        databases.append(services.database)
        return sender(create_handler(services))

    yield build
    for database in databases:
        database.close()


def sender(handler: Mangum) -> Send:
    def send(
        method: str, path: str, /, headers: dict[str, str] | None = None, **fields: object
    ) -> tuple[int, Any]:
        body = json.dumps(fields) if fields else None
        event = http_event(method, path, body=body, headers=headers)
        reply = handler(event, InvocationContext())
        send.headers = reply["headers"]  # type: ignore[attr-defined]
        return reply["statusCode"], json.loads(reply["body"])

    return send


@pytest.fixture
def send(
    serve: Callable[..., Send], publisher: ModelPublisher, tmp_path: Path, filled_database_url: str
) -> Send:
    """The function, serving v1."""
    publish(publisher, tmp_path, "v1")
    return serve(filled_database_url)


@pytest.fixture
def proxy(filled_database_url: str) -> Iterator[Proxy]:
    """A proxy in front of PostgreSQL."""
    with proxy_to(urlsplit(filled_database_url).port or 5432) as proxy:
        yield proxy


@pytest.fixture
def proxied_send(
    serve: Callable[..., Send],
    publisher: ModelPublisher,
    tmp_path: Path,
    filled_database_url: str,
    proxy: Proxy,
) -> Send:
    """The function, reaching PostgreSQL through the proxy."""
    publish(publisher, tmp_path, "v1")
    parts = urlsplit(filled_database_url)
    user = parts.netloc.rpartition("@")[0]
    return serve(urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{proxy.port}")))


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Return a function that returns what was logged so far."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("matinee")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def movie_ids(reply: Any) -> list[int]:
    return [item["movie_id"] for item in reply["items"]]


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


def logged(url: str) -> list[tuple[Any, ...]]:
    return rows_of(
        url,
        "SELECT request_id::text, user_id, strategy, model_version, movie_ids, scores, filters "
        "FROM recommendation_logs ORDER BY answered_at",
    )


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


def test_connection_closed_by_the_server_is_replaced_within_the_request(
    send: Send, filled_database_url: str
) -> None:
    send("POST", "/predict/", user_id=1)
    wait_until(lambda: len(logged(filled_database_url)) == 1)
    rows_of(
        filled_database_url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'matinee'",
    )
    assert send("POST", "/predict/", user_id=1)[1]["strategy"] == "model"


def take_away(proxy: Proxy, how: str) -> None:
    getattr(proxy, how)()


@pytest.mark.parametrize("how", ["cut", "silence"])
def test_database_lost_while_serving_costs_one_deadline_and_is_used_again_when_back(
    proxied_send: Send,
    proxy: Proxy,
    how: str,
    log_lines: Callable[[], list[dict[str, Any]]],
    filled_database_url: str,
) -> None:
    assert proxied_send("POST", "/predict/", user_id=1)[1]["strategy"] == "model"
    wait_until(lambda: len(logged(filled_database_url)) == 1)
    take_away(proxy, how)

    started_at = time.monotonic()
    status, reply = proxied_send("POST", "/predict/", user_id=1)
    assert time.monotonic() - started_at < TIMEOUT_MS / 1000 + 0.5
    assert (status, reply["strategy"]) == (200, "fallback_snapshot")
    assert movie_ids(reply) == [ALIENS, DUNE, BIG, CLUE, ELOGE]

    started_at = time.monotonic()
    assert proxied_send("POST", "/predict/", user_id=99)[1]["strategy"] == "fallback_popular"
    status, error = proxied_send("POST", "/ratings", user_id=1, movie_id=BIG, rating=4)
    assert (status, error["error"]["code"]) == (503, "rating_store_unavailable")
    assert int(proxied_send.headers["retry-after"]) > 0  # type: ignore[attr-defined]
    assert proxied_send("GET", "/movies")[1]["source"] == "model"
    assert proxied_send("GET", "/ready")[0] == 503
    assert time.monotonic() - started_at < TIMEOUT_MS / 1000

    lost = [line for line in log_lines() if line["message"].startswith("answer not stored")]
    assert lost[0]["request_id"] == reply["request_id"]
    assert lost[0]["movie_ids"] == movie_ids(reply)
    assert {line["user_id"] for line in lost} == {1, 99}

    proxy.restore()
    wait_until(lambda: proxied_send("POST", "/predict/", user_id=1)[1]["strategy"] == "model")
    assert rows_of(filled_database_url, "SELECT count(*) FROM ratings WHERE user_id = 1") == [(1,)]


def test_lists_of_an_outage_are_stored_once_when_it_is_over_with_their_own_times(
    proxied_send: Send, proxy: Proxy, filled_database_url: str
) -> None:
    _, before = proxied_send("POST", "/predict/", user_id=1)
    wait_until(lambda: len(logged(filled_database_url)) == 1)
    proxy.cut()
    _, late = proxied_send("POST", "/predict/", user_id=1)
    _, of_nobody = proxied_send("POST", "/predict/", user_id=99)
    proxy.restore()
    wait_until(lambda: proxied_send("POST", "/predict/", user_id=1)[1]["strategy"] == "model")
    wait_until(lambda: len(logged(filled_database_url)) > 3)
    first, second, third, *_ = logged(filled_database_url)
    assert first[:3] == (before["request_id"], 1, "model")
    assert second[:4] == (late["request_id"], 1, "fallback_snapshot", "v1")
    # Nobody knows user 99, who may as well have been forgotten since.
    assert third[:3] == (of_nobody["request_id"], None, "fallback_popular")


def test_table_of_ratings_locked_by_others_is_a_database_that_does_not_answer(
    send: Send, filled_database_url: str
) -> None:
    with session(filled_database_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE ratings")
        started_at = time.monotonic()
        _, reply = send("POST", "/predict/", user_id=1)
        assert time.monotonic() - started_at < TIMEOUT_MS / 1000 + 0.5
        assert reply["strategy"] == "fallback_snapshot"
        cursor.execute("ROLLBACK")


def test_table_of_answers_locked_by_others_delays_no_list(
    send: Send, filled_database_url: str, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    send("POST", "/predict/", user_id=1)
    with session(filled_database_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE recommendation_logs")
        for _ in range(3):
            started_at = time.monotonic()
            _, reply = send("POST", "/predict/", user_id=1)
            assert time.monotonic() - started_at < TIMEOUT_MS / 1000
            assert reply["strategy"] == "model"
        cursor.execute("ROLLBACK")
    assert any(line["message"].startswith("answer not stored") for line in log_lines())


def test_database_without_tables_is_a_fallback_and_says_what_to_run(
    serve: Callable[..., Send], publisher: ModelPublisher, tmp_path: Path, empty_database_url: str
) -> None:
    publish(publisher, tmp_path, "v1")
    send = serve(empty_database_url)
    _, listed = send("POST", "/predict/", user_id=1)
    assert listed["strategy"] == "fallback_snapshot"
    status, refused = send("POST", "/ratings", user_id=1, movie_id=10, rating=4)
    assert status == 503
    assert "matinee migrate" in refused["error"]["message"]
