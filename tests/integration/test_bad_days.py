"""Each service missing or slow, a training killed, an event that comes twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from tests.integration.conftest import RunningServices, fresh_database
from tests.support.proxy import Proxy
from tests.support.small_ratings import store_ratings
from tests.support.stack import Stack, new_id, stack_of_its_own
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

QUICK = {"parameters": {"n_epochs": 2, "n_factors": 2}}


@pytest.fixture(scope="module")
def database(services: RunningServices, migrated_template: str) -> Iterator[str]:
    with fresh_database(services.postgres, template=migrated_template) as url:
        store_ratings(url)
        yield url


@pytest.fixture(scope="module")
def started(
    services: RunningServices, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    with stack_of_its_own(services, database, tmp_path_factory.mktemp("stack")) as stack:
        assert stack.trained(**QUICK)["promoted"] is True
        yield stack


@pytest.fixture
def stack(started: Stack) -> Iterator[Stack]:
    """A stack with a champion, and every service there."""
    assert started.recommend()[1]["strategy"] == "model"
    yield started
    started.restore()
    wait_until(lambda: started.http.get("/ready").status_code == 200)


def take_away(proxy: Proxy, how: str) -> None:
    getattr(proxy, how)()


@pytest.mark.parametrize("how", ["cut", "silence"])
def test_lists_go_on_without_postgresql_and_everything_else_says_that_it_is_missing(
    stack: Stack, how: str
) -> None:
    take_away(stack.postgres, how)
    started_at = time.monotonic()
    status, reply = stack.recommend()
    assert (status, reply["strategy"]) == (200, "fallback_snapshot")
    assert len(reply["items"]) == 3
    rated = stack.http.post("/ratings", json={"user_id": 2, "movie_id": 4, "rating": 5})
    ready = stack.http.get("/ready")
    training = stack.http.post("/train/", json=QUICK)
    assert time.monotonic() - started_at < 15
    for refused in (rated, training):
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["error"]["code"] == "rating_store_unavailable"
        assert "PostgreSQL" in refused.json()["error"]["message"]
    assert (ready.status_code, ready.json()["model"]) == (503, "ok")
    assert "PostgreSQL" in ready.json()["database"]


@pytest.mark.parametrize("how", ["cut", "silence"])
def test_the_last_good_model_serves_without_s3(stack: Stack, how: str) -> None:
    version = stack.recommend()[1]["model_version"]
    take_away(stack.s3, how)
    started_at = time.monotonic()
    for _ in range(5):
        status, reply = stack.recommend()
        assert (status, reply["strategy"], reply["model_version"]) == (200, "model", version)
    assert time.monotonic() - started_at < 5
    assert "the last good model goes on serving" in stack.log


@pytest.mark.parametrize("how", ["cut", "silence"])
def test_first_start_without_s3_says_so_and_mends_itself(stack: Stack, how: str) -> None:
    stack.kill("predictor")
    take_away(stack.s3, how)
    ready = stack.http.get("/ready")
    status, reply = stack.recommend()
    assert (ready.status_code, ready.json()["database"]) == (503, "ok")
    assert "s3://" in ready.json()["model"]
    assert (status, reply["error"]["code"]) == (503, "artifact_store_unavailable")
    stack.restore()
    wait_until(lambda: stack.recommend()[0] == 200)


def test_training_without_s3_fails_before_it_fits_and_names_the_bucket(stack: Stack) -> None:
    version = stack.recommend()[1]["model_version"]
    stack.s3.cut()
    run = stack.trained(**QUICK)
    assert (run["status"], run["step"]) == ("failed", "check bucket")
    assert run["error"].startswith("bucket test-")
    stack.restore()
    assert stack.recommend()[1]["model_version"] == version


def test_training_without_mlflow_fails_before_it_fits_and_says_so(stack: Stack) -> None:
    version = stack.recommend()[1]["model_version"]
    stack.mlflow.cut()
    run = stack.trained(**QUICK)
    assert (run["status"], run["step"]) == ("failed", "check registry")
    assert run["error"].startswith("MLflow cannot be used")
    assert stack.recommend()[1]["model_version"] == version


def test_training_that_loses_postgresql_publishes_nothing_and_is_ended_by_the_next(
    stack: Stack,
) -> None:
    version = stack.recommend()[1]["model_version"]
    run_id = halt_at_publishing(stack)
    stack.postgres.cut()
    stack.mlflow.restore()
    wait_until(lambda: "the session that held the lock was lost" in stack.log)
    stack.restore()
    wait_until(lambda: stack.recommend()[1]["strategy"] == "model")
    assert stack.recommend()[1]["model_version"] == version
    assert stack.trained(**QUICK)["status"] == "succeeded"
    assert stack.run(run_id)["status"] == "failed"
    assert stack.run(run_id)["model_version"] is None


def test_training_that_is_killed_is_ended_by_the_next_and_the_champion_serves(
    stack: Stack,
) -> None:
    version = stack.recommend()[1]["model_version"]
    run_id = halt_at_publishing(stack)
    stack.kill("trainer")
    assert stack.recommend()[1] | {"request_id": None} == stack.recommend()[1] | {
        "request_id": None
    }
    assert stack.recommend()[1]["model_version"] == version
    stack.mlflow.restore()
    assert stack.run(run_id)["status"] == "running"  # nobody was left to say otherwise
    after = stack.trained(**QUICK)
    assert after["status"] == "succeeded"
    lost = stack.run(run_id)
    assert (lost["status"], lost["model_version"]) == ("failed", None)
    assert "ended without a result" in lost["error"]
    expected = after["model_version"] if after["promoted"] else version
    assert stack.recommend()[1]["model_version"] == expected


def halt_at_publishing(stack: Stack) -> str:
    """Begin a training that waits for a silent MLflow with its work done and nothing published."""
    run_id = stack.begin(**QUICK)
    wait_until(lambda: stack.run(run_id)["step"] not in (None, "check registry"))
    stack.mlflow.silence()
    wait_until(lambda: stack.run(run_id)["step"] == "publish")
    assert stack.run(run_id)["status"] == "running"
    return run_id


def test_two_schedules_with_one_execution_id_train_once(stack: Stack, database: str) -> None:
    execution_id = new_id()
    event = {"source": "matinee.schedule", "event_id": execution_id} | QUICK
    versions = stack.http.get("/models").json()["models"]
    with ThreadPoolExecutor(2) as threads:
        sent = list(threads.map(lambda _: stack.send("TrainFunction", json.dumps(event)), range(2)))
    wait_until(lambda: all(map(stack.has_ended, sent)), seconds=60)
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, error FROM training_runs WHERE event_id = %s", (execution_id,)
        )
        assert cursor.fetchall() == [("succeeded", None)]
    connection.close()
    assert len(stack.http.get("/models").json()["models"]) == len(versions) + 1
    assert stack.dead_letters == []
