"""A whole training against real PostgreSQL, S3 and MLflow."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import numpy as np
import psycopg2
import pytest
from mlflow.tracking import MlflowClient

from matinee.artifacts.model import load_model
from matinee.domain.runs import RunStatus
from matinee.errors import NotEnoughRatingsError, RegistryUnavailableError, UnavailableError
from matinee.scoring.candidates import select_candidates
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.model_publisher import s3_client
from matinee.stores.snapshot import take_snapshot
from matinee.stores.training_runs import training_lock
from tests.integration.conftest import RunningServices
from tests.support.proxy import proxy_to
from tests.support.pushgateways import fake_pushgateway
from tests.support.small_ratings import store_ratings
from tests.support.stack import through
from trainer import dependencies
from trainer.dependencies import get_champions, get_database, get_runs
from trainer.settings import get_settings

pytestmark = pytest.mark.integration

WANTED: dict[str, Any] = {"algorithm": "SVD", "parameters": {"n_epochs": 5, "n_factors": 4}}


@pytest.fixture
def environment(
    services: RunningServices,
    database_url: str,
    bucket: str,
    s3_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[pytest.MonkeyPatch]:
    """The train function's variables, over an empty database and an empty bucket."""
    for name, value in {
        **services.environment,
        "DATABASE_URL": database_url,
        "MODEL_BUCKET": bucket,
        "MLFLOW_MODEL_NAME": bucket,
    }.items():
        monkeypatch.setenv(name, value)
    forget()
    yield monkeypatch
    forget()


def forget() -> None:
    for cached in (get_settings, get_database, get_runs, get_champions):
        cached.cache_clear()


def read(bucket: str, key: str) -> bytes:
    content: bytes = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def download(bucket: str, version: str, folder: Path) -> Path:
    """Fetch every file of a version."""
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"models/{version}/")
    for item in listed["Contents"]:
        (folder / item["Key"].rpartition("/")[2]).write_bytes(read(bucket, item["Key"]))
    return folder


def train() -> Any:
    return get_runs().ask(WANTED, event_id=None, reason="a test", may_wait=True)[0]


def test_training_publishes_a_version_that_recommends(
    environment: pytest.MonkeyPatch,
    database_url: str,
    bucket: str,
    tmp_path: Path,
) -> None:
    store_ratings(database_url)
    environment.setenv("GIT_REVISION", "0123abc")
    run = train()
    assert (run.status, run.promoted, run.decision) == (
        RunStatus.SUCCEEDED,
        True,
        "the first model",
    )
    assert run.metrics["ranker.ndcg_at_10"] > run.metrics["popularity.ndcg_at_10"]
    assert get_runs().by_version([str(run.model_version), "other"]) == {run.model_version: run}
    assert get_runs().by_version([]) == {}
    folder = download(bucket, str(run.model_version), tmp_path)
    pointer = json.loads(read(bucket, "models/champion.json"))
    manifest = (folder / "manifest.json").read_bytes()
    assert pointer["version"] == run.model_version
    assert pointer["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()
    model = load_model(folder)
    assert model.manifest.git_revision == "0123abc"
    row = model.users.find(2)
    assert row is not None
    history = take_snapshot(database_url).histories.of(row)
    scores = model.ranker.score(history)
    unseen = select_candidates(
        model.catalogue.item_years, model.catalogue.item_genres, excluded=history.item_indices
    )
    best = int(np.argmax(np.where(unseen, scores, -np.inf)))
    assert int(model.catalogue.item_ids[best]) % 2 == 0


def test_training_registers_what_it_did_under_both_aliases(
    environment: pytest.MonkeyPatch, database_url: str, bucket: str, services: RunningServices
) -> None:
    store_ratings(database_url)
    environment.setenv("GIT_REVISION", "8ee1de4f")
    forget()
    run = train()
    client = MlflowClient(services.mlflow.url, services.mlflow.url)
    for alias in ("challenger", "champion"):
        found = client.get_model_version_by_alias(bucket, alias)
        assert found.tags["version"] == run.model_version
    logged = client.get_run(run.mlflow_run_id)
    assert logged.info.status == "FINISHED"
    assert logged.data.params["rater.n_factors"] == "4"
    assert logged.data.metrics["rater.rmse"] == pytest.approx(run.metrics["rater.rmse"])
    fingerprint = take_snapshot(database_url).fingerprint
    assert logged.data.tags["data_fingerprint"] == fingerprint
    assert logged.data.tags["mlflow.source.git.commit"] == "8ee1de4f"
    manifest = json.loads(read(bucket, f"models/{run.model_version}/manifest.json"))
    assert manifest["git_revision"] == "8ee1de4f"
    paths = {
        file.path
        for folder in ("model", "figures", "surprise")
        for file in client.list_artifacts(run.mlflow_run_id, folder)
    }
    assert {
        "model/manifest.json",
        "figures/ndcg_by_method.png",
        "surprise/best_svd_model.pkl",
    } <= paths


def test_training_on_too_few_ratings_leaves_a_failed_row_and_no_champion(
    environment: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(NotEnoughRatingsError):
        train()
    (run,) = get_runs().store.latest(limit=10)
    assert (run.status, run.step) == (RunStatus.FAILED, "split")
    assert "import ratings first" in (run.error or "")
    assert get_champions().publisher.champion() is None


def test_training_without_mlflow_fails_fast_and_publishes_nothing(
    environment: pytest.MonkeyPatch, database_url: str
) -> None:
    store_ratings(database_url)
    environment.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    forget()
    with pytest.raises(RegistryUnavailableError):
        train()
    (run,) = get_runs().store.latest(limit=10)
    assert (run.status, run.step) == (RunStatus.FAILED, "check registry")
    assert list(get_champions().publisher.versions()) == []


def test_training_told_to_do_without_mlflow_publishes(
    environment: pytest.MonkeyPatch, database_url: str
) -> None:
    store_ratings(database_url)
    environment.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    environment.setenv("REGISTRY_REQUIRED", "false")
    forget()
    run = train()
    assert (run.status, run.promoted, run.mlflow_run_id) == (RunStatus.SUCCEEDED, True, None)


@pytest.mark.parametrize(
    ("variable", "step", "named"),
    [
        ("MLFLOW_TRACKING_URI", "check registry", "MLflow cannot be used"),
        ("AWS_ENDPOINT_URL_S3", "check bucket", "bucket test-.* cannot be used"),
    ],
    ids=["mlflow", "s3"],
)
def test_training_before_a_silent_server_ends_in_time_and_names_it(
    environment: pytest.MonkeyPatch, database_url: str, variable: str, step: str, named: str
) -> None:
    store_ratings(database_url)
    environment.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    environment.setattr(dependencies, "s3_client", partial(s3_client, timeout_seconds=0.5))
    url = os.environ[variable]
    with proxy_to(urlsplit(url).port or 0) as proxy:
        environment.setenv(variable, through(proxy, url))
        forget()
        proxy.silence()
        started_at = time.monotonic()
        with pytest.raises(UnavailableError, match=named):
            train()
        assert time.monotonic() - started_at < 15
    (run,) = get_runs().store.latest(limit=10)
    assert (run.status, run.step) == (RunStatus.FAILED, step)


def test_training_lock_is_free_again_when_its_process_dies(database_url: str) -> None:
    script = (
        "import os, sys\n"
        "from matinee.stores.training_runs import training_lock\n"
        "with training_lock(sys.argv[1]) as lock:\n"
        "    print(lock is not None, flush=True)\n"
        "    sys.stdin.read()\n"
        "    os._exit(9)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "True"
        with training_lock(database_url) as lock:
            assert lock is None
        process.kill()
        process.wait(timeout=10)
    # The server notices a closed connection by itself; asking in turn is waiting for that.
    assert any(_is_free(database_url) for _ in range(200))


def _is_free(database_url: str) -> bool:
    with training_lock(database_url) as lock:
        return lock is not None


def test_run_that_was_left_running_is_ended_by_the_next(
    environment: pytest.MonkeyPatch, database_url: str
) -> None:
    store_ratings(database_url)
    store = get_runs().store
    lost, _ = store.request(WANTED, event_id="lost", reason=None)
    store.start(lost.run_id)
    train()
    ended = store.get(lost.run_id)
    assert ended is not None
    assert (ended.status, ended.model_version) == (RunStatus.FAILED, None)
    assert "ended without a result" in (ended.error or "")


def test_repeated_event_finds_the_row_of_the_first(environment: pytest.MonkeyPatch) -> None:
    store = get_runs().store
    first, is_new = store.request(WANTED, event_id="twice", reason=None)
    second, is_new_again = store.request(WANTED, event_id="twice", reason=None)
    assert (is_new, is_new_again) == (True, False)
    assert second == first


def test_snapshot_holds_history_order_and_undated_ratings_first(database_url: str) -> None:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO movies (movie_id, title, genres) "
            "VALUES (5, 'E', '{}'), (7, 'G', '{Drama}'), (9, 'I', '{}')"
        )
        cursor.execute(
            "INSERT INTO ratings (user_id, movie_id, rating, rated_at) VALUES "
            "(3, 5, 4.5, '2020-01-02Z'), (3, 9, 1, '2020-01-01Z'), (3, 7, 2, NULL), "
            "(1, 5, 0.5, NULL)"
        )
    connection.close()
    snapshot = take_snapshot(database_url)
    assert snapshot.user_ids.tolist() == [1, 3]
    assert snapshot.histories.of(1).item_indices.tolist() == [1, 2, 0]
    assert snapshot.histories.of(1).ratings.tolist() == [2.0, 1.0, 4.5]
    assert snapshot.histories.of(1).times.tolist() == [UNKNOWN_TIME, 1577836800, 1577923200]
    assert snapshot.histories.of(0).ratings.tolist() == [0.5]
    assert take_snapshot(database_url).fingerprint == snapshot.fingerprint
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE ratings SET rating = 1 WHERE user_id = 1")
    connection.close()
    assert take_snapshot(database_url).fingerprint != snapshot.fingerprint


def test_training_pushes_how_it_ended_and_the_totals_of_all_runs(
    environment: pytest.MonkeyPatch, database_url: str
) -> None:
    with fake_pushgateway() as gateway:
        environment.setenv("PUSHGATEWAY_URL", gateway.url)
        forget()
        with pytest.raises(NotEnoughRatingsError):
            train()
        first = gateway.groups["/metrics/job/matinee-train/stage/local"]
        assert 'matinee_training_last_outcome{outcome="failed"} 1.0' in first
        assert "matinee_champion_metric" not in first
        store_ratings(database_url)
        run = train()
        (text,) = gateway.groups.values()
    for line in (
        'matinee_training_runs_total{status="succeeded"} 1.0',
        'matinee_training_runs_total{status="failed"} 1.0',
        'matinee_training_last_outcome{outcome="promoted"} 1.0',
        'matinee_training_last_outcome{outcome="failed"} 0.0',
        f'matinee_training_metric{{metric="rater.rmse"}} {run.metrics["rater.rmse"]}',
        f'matinee_champion_metric{{metric="rater.rmse"}} {run.metrics["rater.rmse"]}',
        f'matinee_champion_created_timestamp_seconds{{version="{run.model_version}"}} ',
        'matinee_training_step_seconds{step="fit rater"} ',
        "matinee_training_last_duration_seconds ",
    ):
        assert line in text, line


def test_training_whose_metrics_cannot_be_pushed_succeeds(
    environment: pytest.MonkeyPatch, database_url: str
) -> None:
    environment.setenv("PUSHGATEWAY_URL", "http://127.0.0.1:1")
    forget()
    store_ratings(database_url)
    assert train().status is RunStatus.SUCCEEDED
