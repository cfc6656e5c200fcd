"""An environment's metrics leave it when somebody says where to, and only then."""

import threading
from collections.abc import Iterator

import pytest

from matinee.observability.metrics import REGISTRY
from matinee.settings import MetricsSettings
from matinee.stores.environment_metrics import EnvironmentMetrics
from tests.support.pushgateways import fake_pushgateway
from tests.support.waiting import wait_until


@pytest.fixture
def no_platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)
    yield


def thread_names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_environment_without_pushgateway_counts_its_start_and_starts_nothing() -> None:
    before = REGISTRY.get_sample_value("matinee_environment_starts_total") or 0
    threads = thread_names()
    metrics = EnvironmentMetrics("predict", MetricsSettings())
    metrics.begin()
    metrics.note()
    assert thread_names() == threads
    assert REGISTRY.get_sample_value("matinee_environment_starts_total") == before + 1


def test_environment_with_pushgateway_pushes_its_start_and_later_news(no_platform: None) -> None:
    with fake_pushgateway() as server:
        settings = MetricsSettings(pushgateway_url=server.url, push_interval_seconds=0)
        metrics = EnvironmentMetrics("train", settings)
        metrics.begin()
        wait_until(lambda: server.n_pushes == 1)
        metrics.note()
        wait_until(lambda: server.n_pushes == 2)
        (path,) = server.groups
        assert path.startswith("/metrics/job/matinee-train/instance/")


def test_environment_with_a_wrong_setting_starts_and_leaves_saying_so_to_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUSHGATEWAY_URL", "no address")
    threads = thread_names()
    EnvironmentMetrics.from_environment("drift").begin()
    assert thread_names() == threads
