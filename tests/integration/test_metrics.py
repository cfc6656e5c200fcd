"""What functions count arrives exactly, whatever happens to their environments or on the way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client import CollectorRegistry

from embedded.ports import unused_ports
from lambda_emulator.server import EmulatorSettings
from matinee.stores.model_publisher import ModelPublisher, s3_client
from matinee.stores.pushgateway import Pushgateway
from tests.support.emulator import RunningEmulator
from tests.support.models import build_version
from tests.support.processes import descendants, started_with
from tests.support.prometheus import (
    RunningPushgateway,
    require_programs,
    running_prometheus,
    running_pushgateway,
)
from tests.support.pushgateways import fake_pushgateway, silent_pushgateway
from tests.support.source import ROOT
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

JOB = "matinee-predict"
N_ENVIRONMENTS = 3
SOON = "0.05"
NEVER_AGAIN = "3600"  # after the first push of an environment only the last one counts


@dataclass
class Predict:
    """The predict function in the emulator."""

    emulator: RunningEmulator
    http: httpx.Client
    n_sent: int = 0

    def send(self, n_requests: int) -> None:
        """Ask for lists, as many at once as there may be environments."""
        with ThreadPoolExecutor(N_ENVIRONMENTS) as callers:
            statuses = list(callers.map(lambda _: self._status(), range(n_requests)))
        assert statuses == [200] * n_requests
        self.n_sent += n_requests

    def send_until(self, is_enough: Callable[[], bool]) -> None:
        """Ask for lists, and for more of them until something holds."""
        self.send(60)
        wait_until(lambda: is_enough() or self.send(N_ENVIRONMENTS))

    def processes(self) -> list[psutil.Process]:
        """Return the environments' processes."""
        return started_with("predictor.app.handler", descendants())

    def _status(self) -> int:
        return self.http.post("/predict/", json={"user_id": 1, "n": 3}).status_code


Serve = Callable[..., AbstractContextManager[Predict]]


@pytest.fixture
def serve(bucket: str, s3_environment: dict[str, str], database_url: str, tmp_path: Path) -> Serve:
    """Return a context manager that runs the function, with a model and no ratings."""
    client = s3_client(
        region=s3_environment["AWS_REGION"], endpoint_url=s3_environment["AWS_ENDPOINT_URL_S3"]
    )
    publisher = ModelPublisher(client, bucket)
    pointer = build_version(tmp_path / "models", "v1")
    publisher.publish(tmp_path / "models" / "v1")
    publisher.swap_champion(pointer, expected_etag=None)
    client.close()

    @contextmanager
    def run(pushgateway_url: str, interval_seconds: str) -> Iterator[Predict]:
        variables = {
            **s3_environment,
            "DATABASE_URL": database_url,
            "MODEL_BUCKET": bucket,
            "MODEL_CACHE_DIR": str(tmp_path / "cache"),
            "MLFLOW_TRACKING_URI": "http://127.0.0.1:1",
            "SURPRISE_DATA_FOLDER": str(tmp_path / "surprise"),
            "PUSHGATEWAY_URL": pushgateway_url,
            "PUSH_INTERVAL_SECONDS": interval_seconds,
        }
        settings = EmulatorSettings(
            template=ROOT / "template.yaml",
            overrides={"Parameters": variables},
            port=0,
            lambda_port=0,
            dead_letters=tmp_path / "dead-letters.jsonl",
            max_environments=N_ENVIRONMENTS,
            init_seconds=60,
        )
        with (
            RunningEmulator(settings) as emulator,
            httpx.Client(base_url=emulator.http_url, timeout=60, trust_env=False) as http,
        ):
            yield Predict(emulator, http)

    return run


@pytest.fixture
def pushgateway(tmp_path: Path) -> Iterator[RunningPushgateway]:
    require_programs()
    with running_pushgateway(tmp_path) as pushgateway:
        yield pushgateway


def end_one(predict: Predict) -> None:
    """End an environment as Lambda does; the next request finds another."""
    process = predict.processes()[0]
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: not psutil.pid_exists(process.pid))


@pytest.mark.parametrize("interval", [SOON, NEVER_AGAIN])
def test_requests_in_prometheus_are_exactly_those_that_were_sent(
    serve: Serve, pushgateway: RunningPushgateway, tmp_path: Path, interval: str
) -> None:
    with serve(pushgateway.url, interval) as predict:
        predict.send_until(lambda: len(pushgateway.instances(JOB)) == N_ENVIRONMENTS)
        end_one(predict)
        predict.send_until(lambda: len(pushgateway.instances(JOB)) == N_ENVIRONMENTS + 1)
        predict.http.get("/movies/777")
    n_lists, lists = predict.n_sent, '{route="/predict",strategy="popular",status="200"}'
    with running_prometheus(tmp_path, pushgateway) as prometheus:
        for query, n in {
            f'sum(matinee_requests_total{{job="{JOB}"}})': n_lists + 1,
            f"sum(matinee_requests_total{lists})": n_lists,
            'sum(matinee_requests_total{status="404"})': 1,
            f'sum(matinee_request_seconds_count{{job="{JOB}"}})': n_lists + 1,
            'sum(matinee_request_seconds_bucket{le="+Inf"})': n_lists + 1,
            "sum(matinee_lists_total)": n_lists,
            "sum(matinee_environment_starts_total)": N_ENVIRONMENTS + 1,
            "sum(matinee_environment_start_seconds_count)": N_ENVIRONMENTS + 1,
            "sum(matinee_push_failures_total)": 0,
        }.items():
            assert prometheus.value(query) == n, query


def test_every_function_pushes_what_it_counts_when_its_environment_ends(serve: Serve) -> None:
    with fake_pushgateway() as gateway:
        with serve(gateway.url, NEVER_AGAIN) as predict:
            for path in ("/health", "/train/runs", "/drift/latest"):
                predict.http.get(path)
        pushed = {path.split("/")[3]: text for path, text in gateway.groups.items()}
    assert 'matinee_requests_total{route="/health"' in pushed["matinee-predict"]
    assert 'matinee_requests_total{route="/train/runs"' in pushed["matinee-train"]
    assert 'matinee_requests_total{route="/drift/latest"' in pushed["matinee-drift"]


def test_pushgateway_that_was_down_learns_everything_later(serve: Serve, tmp_path: Path) -> None:
    require_programs()
    (port,) = unused_ports(1)
    with serve(f"http://127.0.0.1:{port}", SOON) as predict:
        predict.send(30)
        wait_until(lambda: any("were not pushed" in line for _, line in predict.emulator.lines))
        with running_pushgateway(tmp_path, port) as pushgateway:
            predict.send(1)
            with running_prometheus(tmp_path, pushgateway) as prometheus:
                wait_until(lambda: prometheus.value("sum(matinee_requests_total)") == 31)
                assert prometheus.value("sum(matinee_push_failures_total)") >= 1


def test_pushgateway_that_never_answers_delays_no_response(serve: Serve) -> None:
    with silent_pushgateway() as url, serve(url, "0") as predict:
        predict.send(30)
        wait_until(lambda: n_timeouts(predict) >= 1)
        before = n_timeouts(predict)
        predict.send(60)
        assert n_timeouts(predict) - before < 60  # had each waited, there would be one for each


def n_timeouts(predict: Predict) -> int:
    return sum("TimeoutError" in line for _, line in list(predict.emulator.lines))


def test_forget_environments_leaves_the_groups_of_runs(pushgateway: RunningPushgateway) -> None:
    gateway = Pushgateway(pushgateway.url, timeout_seconds=1)
    registry = CollectorRegistry()
    gateway.push(registry, job=JOB, grouping={"instance": "a"})
    gateway.push(registry, job=JOB, grouping={"instance": "b"})
    gateway.push(registry, job="matinee-train", grouping={"stage": "local"})
    assert gateway.forget_environments(max_age_hours=1) == 0
    assert gateway.forget_environments(max_age_hours=1e-9) == 2
    assert [group["labels"] for group in pushgateway.groups] == [
        {"job": "matinee-train", "stage": "local"}
    ]
