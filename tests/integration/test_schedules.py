"""Schedules and dead letters, with real functions and a real queue; only time is the test's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded.s3 import S3
from lambda_emulator.clock import SteppedClock
from lambda_emulator.errors import QueueError
from tests.integration.conftest import RunningServices
from tests.support.emulator import RunningEmulator, kept_letters, sample_settings
from tests.support.small_ratings import store_ratings
from tests.support.stack import running_stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 11, 59, tzinfo=UTC).timestamp()
ON = {"Schedules": "ENABLED"}


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON)


def sleepers_are(clock: SteppedClock, count: int) -> None:
    """Wait until this many wait for the clock: a schedule each, and each event to be retried."""
    wait_until(lambda: clock.sleepers == count)


@pytest.fixture
def queue(s3_server: S3) -> Iterator[Any]:
    """Ask the queue of the sample template for messages, each once."""
    client = boto3.client(
        "sqs",
        endpoint_url=s3_server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=5, read_timeout=10),
    )
    yield client
    client.close()


def test_function_runs_when_its_schedule_is_due(tmp_path: Path, clock: SteppedClock) -> None:
    with RunningEmulator(sample_settings(tmp_path, parameters=ON), clock=clock) as emulator:
        sleepers_are(clock, 2)
        emulator.advance(60)
        wait_until((tmp_path / "worked-2026-03-01T12:00:00Z").exists)
        assert [path.name for path in tmp_path.glob("worked-*")] == ["worked-2026-03-01T12:00:00Z"]


def test_schedule_that_is_off_does_not_wait_for_anything(
    tmp_path: Path, clock: SteppedClock
) -> None:
    with RunningEmulator(sample_settings(tmp_path), clock=clock) as emulator:
        assert emulator.emulator.schedules == []
        assert clock.sleepers == 0


def test_event_whose_function_keeps_failing_ends_in_the_queue_and_the_file(
    tmp_path: Path, clock: SteppedClock, s3_server: S3, queue: Any
) -> None:
    settings = sample_settings(tmp_path, parameters=ON, sqs_endpoint=s3_server.url)
    with RunningEmulator(settings, clock=clock) as emulator:
        sleepers_are(clock, 2)
        emulator.advance(31 * 60)
        sleepers_are(clock, 3)  # it failed once and is tried again in a minute
        assert kept_letters(settings.dead_letters) == []
        emulator.advance(60)
        wait_until(lambda: kept_letters(settings.dead_letters))
    [record] = kept_letters(settings.dead_letters)
    url = queue.get_queue_url(QueueName="local-Hopeless")["QueueUrl"]
    [message] = queue.receive_message(QueueUrl=url)["Messages"]
    queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    body = json.loads(message["Body"])
    assert body == record["body"]
    assert body["requestContext"]["condition"] == "RetriesExhausted"
    assert body["requestContext"]["approximateInvokeCount"] == 2
    assert body["responsePayload"]["errorMessage"] == "as always"
    assert body["requestPayload"]["event_id"]
    assert record["queue"] == "local-Hopeless"


def test_event_that_is_given_up_is_in_the_file_where_no_queue_server_is(
    tmp_path: Path, clock: SteppedClock
) -> None:
    settings = sample_settings(tmp_path)
    with RunningEmulator(settings, clock=clock) as emulator:
        emulator.lambda_client().invoke(
            FunctionName="BehaviourFunction", InvocationType="Event", Payload='{"error": "no"}'
        )
        wait_until(lambda: kept_letters(settings.dead_letters))
    [record] = kept_letters(settings.dead_letters)
    assert record["queue"] is None
    assert record["body"]["requestPayload"] == {"error": "no"}


def test_queue_server_that_is_not_there_is_named_at_the_start(tmp_path: Path) -> None:
    settings = sample_settings(tmp_path, sqs_endpoint="http://127.0.0.1:9")
    with pytest.raises(QueueError, match="http://127.0.0.1:9"), RunningEmulator(settings):
        pass


def test_schedule_of_the_project_trains_a_model_that_serves(
    services: RunningServices,
    database_url: str,
    bucket: str,
    s3_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    store_ratings(database_url)
    variables = {
        **services.environment,
        "DATABASE_URL": database_url,
        "MODEL_BUCKET": bucket,
        "MLFLOW_MODEL_NAME": bucket,
    }
    before_three = SteppedClock(datetime(2026, 3, 1, 2, 59, tzinfo=UTC).timestamp())
    with running_stack(variables, tmp_path, before_three) as stack:
        sleepers_are(before_three, 2)
        assert stack.recommend()[1]["error"]["code"] == "model_not_found"
        stack.emulator.advance(16 * 60)  # to the end of the flexible window
        wait_until(lambda: stack.pending_events == 0, seconds=60)
        [run] = stack.http.get("/train/runs").json()["runs"]
        assert (run["status"], run["promoted"]) == ("succeeded", True)
        assert run["reason"] == "matinee.schedule"
        assert str(uuid.UUID(run["event_id"])) == run["event_id"]
        assert stack.recommend()[1]["model_version"] == run["model_version"]
