"""Wrong credentials: one clear error that names what to check, no secret shown, no storm."""

from __future__ import annotations

import dataclasses
import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embedded import Ports
from embedded.folder import DataFolder
from embedded.s3 import BUCKET, S3
from embedded.supervisor import Supervisor
from lambda_emulator.clock import SteppedClock
from matinee.errors import RatingStoreUnavailableError
from matinee.stores.long_sessions import long_session
from matinee.stores.model_publisher import ModelPublisher, s3_client
from tests.integration.conftest import RunningServices
from tests.support.models import build_version
from tests.support.small_ratings import store_ratings
from tests.support.stack import Stack, running_stack, with_password
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

WRONG = "wrong-s3cr3t"
JUST_BEFORE_THREE = datetime(2026, 3, 1, 2, 59, tzinfo=UTC)
ASKED = 20


@pytest.fixture
def variables(services: RunningServices, database_url: str, bucket: str) -> dict[str, str]:
    """Everything right, and a model that serves."""
    store_ratings(database_url)
    return {
        **services.environment,
        "DATABASE_URL": database_url,
        "MODEL_BUCKET": bucket,
        "MLFLOW_MODEL_NAME": bucket,
    }


@pytest.fixture
def champion(s3_environment: dict[str, str], bucket: str, tmp_path: Path) -> None:
    client = s3_client(
        region=s3_environment["AWS_REGION"], endpoint_url=s3_environment["AWS_ENDPOINT_URL_S3"]
    )
    pointer = build_version(tmp_path, "v1")
    publisher = ModelPublisher(client, bucket)
    publisher.publish(tmp_path / "v1")
    publisher.swap_champion(pointer, expected_etag=None)
    client.close()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(JUST_BEFORE_THREE.timestamp())


@pytest.fixture
def locked_out_of_postgresql(
    variables: dict[str, str], champion: None, clock: SteppedClock, tmp_path: Path
) -> Iterator[Stack]:
    url = with_password(variables["DATABASE_URL"], WRONG)
    with running_stack(variables | {"DATABASE_URL": url}, tmp_path, clock) as stack:
        yield stack


def test_wrong_password_of_postgresql_is_one_clear_error_and_one_attempt_a_while(
    locked_out_of_postgresql: Stack,
) -> None:
    stack = locked_out_of_postgresql
    for _ in range(ASKED):
        status, reply = stack.recommend(user_id=1)
        assert (status, reply["strategy"]) == (200, "fallback_snapshot")
    rated = stack.http.post("/ratings", json={"user_id": 1, "movie_id": 4, "rating": 5})
    assert rated.status_code == 503
    assert (
        "check user, password and database name in DATABASE_URL"
        in (rated.json()["error"]["message"])
    )
    assert stack.postgres.connections == 1
    assert stack.log.count("password authentication failed") == 1
    assert WRONG not in stack.log + rated.text


def test_schedule_with_a_wrong_password_tries_thrice_and_leaves_a_dead_letter_that_says_why(
    locked_out_of_postgresql: Stack, clock: SteppedClock
) -> None:
    stack = locked_out_of_postgresql
    wait_until(lambda: clock.sleepers == 2)  # for the two schedules
    # To the end of the flexible window, then the queue's own pauses: one minute, two minutes.
    for attempt, minutes in enumerate((16, 1, 2), start=1):
        stack.emulator.advance(60 * minutes)
        wait_until(lambda n=attempt: stack.log.count("END RequestId") == n, seconds=60)
        wait_until(lambda n=attempt: n == 3 or clock.sleepers == 3)
    wait_until(lambda: stack.dead_letters)
    [letter] = stack.dead_letters
    assert letter["queue"] == "local-TrainDeadLetters"
    assert letter["body"]["requestContext"]["approximateInvokeCount"] == 3
    assert letter["body"]["requestPayload"]["scheduled_at"] == "2026-03-01T03:00:00Z"
    assert "DATABASE_URL" in letter["body"]["responsePayload"]["errorMessage"]
    assert stack.postgres.connections <= 3
    assert WRONG not in stack.log + json.dumps(letter)


def test_wrong_password_is_named_to_who_runs_a_command(variables: dict[str, str]) -> None:
    url = with_password(variables["DATABASE_URL"], WRONG)
    with (
        pytest.raises(RatingStoreUnavailableError, match="in DATABASE_URL") as caught,
        long_session(url, purpose="test"),
    ):
        pass
    assert WRONG not in str(caught.value)


@pytest.fixture(scope="module")
def strict_s3(server_folder: DataFolder) -> Iterator[S3]:
    """An S3 server that knows one access key, and checks."""
    path = server_folder.path / "strict"
    (path / "logs").mkdir(parents=True)
    s3 = S3(DataFolder(path), Ports.free().s3)
    spec = s3.spec()
    keys = {name: s3.environment[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    spec = dataclasses.replace(spec, environment={**spec.environment, **keys, "AUTH": "true"})
    supervisor = Supervisor()
    try:
        supervisor.start(spec).wait_until_ready()
        s3.ensure_bucket(BUCKET)
        yield s3
    finally:
        supervisor.stop()


@pytest.fixture
def locked_out_of_s3(
    variables: dict[str, str],
    strict_s3: S3,
    clock: SteppedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"AKIA{uuid.uuid4().hex[:16].upper()}")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", WRONG)
    changed = {"AWS_ENDPOINT_URL_S3": strict_s3.url, "MODEL_BUCKET": BUCKET}
    with running_stack(variables | changed, tmp_path, clock) as stack:
        yield stack


def test_wrong_credentials_of_s3_are_one_clear_error_and_one_attempt_a_while(
    locked_out_of_s3: Stack,
) -> None:
    stack = locked_out_of_s3
    started_at = time.monotonic()
    for _ in range(ASKED):
        status, reply = stack.recommend()
        assert (status, reply["error"]["code"]) == (503, "artifact_store_unavailable")
        assert "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in reply["error"]["message"]
    ready = stack.http.get("/ready")
    assert (ready.status_code, ready.json()["database"]) == (503, "ok")
    assert "AWS_ACCESS_KEY_ID" in ready.json()["model"]
    pauses = 1 + int((time.monotonic() - started_at) / 5)
    assert stack.s3.connections <= pauses
    assert WRONG not in stack.log + ready.text


def test_training_with_wrong_credentials_of_s3_fails_before_it_fits_and_names_them(
    locked_out_of_s3: Stack,
) -> None:
    stack = locked_out_of_s3
    run = stack.trained()
    assert (run["status"], run["step"]) == ("failed", "check bucket")
    assert "InvalidAccessKeyId: S3 refuses who asks: check AWS_ACCESS_KEY_ID" in run["error"]
    assert stack.s3.connections <= 2
    assert WRONG not in stack.log + json.dumps(run)
