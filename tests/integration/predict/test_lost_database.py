"""What the predict function does while PostgreSQL is gone, silent, locked or empty."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from matinee.observability.logs import JsonFormatter
from matinee.stores.model_publisher import ModelPublisher
from tests.integration.predict.conftest import (
    ALIENS,
    BIG,
    CLUE,
    DUNE,
    ELOGE,
    TIMEOUT_MS,
    Send,
    logged,
    movie_ids,
    publish,
    rows_of,
    session,
)
from tests.support.proxy import Proxy, proxy_to
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


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
