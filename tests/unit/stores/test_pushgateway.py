"""A push replaces its group, and nothing that a Pushgateway does is an error to the caller."""

import logging
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Gauge

from matinee.observability.metrics import PUSH_FAILURES
from matinee.stores.pushgateway import Pushgateway
from tests.support.pushgateways import (
    FakePushgateway,
    fake_pushgateway,
    silent_pushgateway,
    trickling_pushgateway,
)


@pytest.fixture
def server() -> Iterator[FakePushgateway]:
    with fake_pushgateway() as server:
        yield server


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("movies", "How many.", registry=registry).set(7)
    return registry


@pytest.fixture(autouse=True)
def logging_to_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("matinee"), "propagate", True)


def gateway(url: str | None, timeout_seconds: float = 1) -> Pushgateway:
    return Pushgateway(url, timeout_seconds=timeout_seconds)


def n_failures() -> float:
    return next(iter(PUSH_FAILURES.collect())).samples[0].value


def test_push_puts_the_registry_under_job_and_labels(
    server: FakePushgateway, registry: CollectorRegistry
) -> None:
    assert gateway(server.url).push(registry, job="matinee-train", grouping={"stage": "local"})
    assert "movies 7.0" in server.groups["/metrics/job/matinee-train/stage/local"]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("a b", "stage/a%20b"),
        ("a/b", "stage@base64/YS9i"),
        ("", "stage@base64/="),
    ],
)
def test_push_label_that_a_path_cannot_hold_is_encoded(
    server: FakePushgateway, registry: CollectorRegistry, value: str, part: str
) -> None:
    assert gateway(server.url).push(registry, job="matinee-train", grouping={"stage": value})
    assert list(server.groups) == [f"/metrics/job/matinee-train/{part}"]


def test_push_address_with_a_path_keeps_it(
    server: FakePushgateway, registry: CollectorRegistry
) -> None:
    assert gateway(f"{server.url}/behind/").push(registry, job="j", grouping={"stage": "s"})
    assert list(server.groups) == ["/behind/metrics/job/j/stage/s"]


def test_push_without_address_does_nothing_and_is_fine(registry: CollectorRegistry) -> None:
    assert gateway(None).push(registry, job="j", grouping={})
    assert gateway(None).forget_environments(1) == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:nonsense", "http://"])
def test_push_to_nobody_is_counted_and_logged(
    registry: CollectorRegistry, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = n_failures()
    assert not gateway(url).push(registry, job="matinee-train", grouping={"stage": "local"})
    assert n_failures() == before + 1
    assert "metrics of matinee-train were not pushed" in caplog.text


def test_push_that_is_refused_says_how(
    server: FakePushgateway, registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    server.status = 500
    assert not gateway(server.url).push(registry, job="matinee-train", grouping={})
    assert "HTTP 500" in caplog.text


def test_push_to_a_silent_one_ends_at_the_timeout(
    registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    with silent_pushgateway() as url:
        assert not gateway(url, 0.05).push(registry, job="matinee-train", grouping={})
    assert "TimeoutError" in caplog.text


@pytest.mark.parametrize("ask", ["push", "forget"])
def test_answer_that_never_ends_is_given_up(
    registry: CollectorRegistry, ask: str, caplog: pytest.LogCaptureFixture
) -> None:
    with trickling_pushgateway() as url:
        if ask == "push":
            assert not gateway(url, 0.1).push(registry, job="matinee-train", grouping={})
        else:
            assert gateway(url).forget_environments(1, seconds=0.1) == 0
    assert "TimeoutError" in caplog.text


def test_forget_environments_removes_old_instances_only(
    server: FakePushgateway, registry: CollectorRegistry
) -> None:
    pushgateway = gateway(server.url)
    for job, labels in [
        ("matinee-predict", {"instance": "old"}),
        ("matinee-predict", {"instance": "new"}),
        ("matinee-train", {"stage": "local"}),
        ("somebody-else", {"instance": "old"}),
    ]:
        pushgateway.push(registry, job=job, grouping=labels)
    for path in server.pushed_at:
        server.pushed_at[path] -= 0 if path.endswith("new") else 2 * 3600
    assert pushgateway.forget_environments(max_age_hours=1) == 1
    assert "/metrics/job/matinee-predict/instance/old" not in server.groups
    assert len(server.groups) == 3


def put_old_environments(server: FakePushgateway, number: int) -> None:
    for instance in range(number):
        path = f"/metrics/job/matinee-predict/instance/{instance}"
        server.put(path, "")
        server.pushed_at[path] = 1


def test_forget_environments_waits_longer_than_a_push_for_a_gateway_with_many_groups(
    server: FakePushgateway,
) -> None:
    put_old_environments(server, 5)
    server.seconds_to_answer = 0.1
    assert gateway(server.url, 0.02).forget_environments(1) == 5


def test_forget_environments_ends_in_time_and_goes_on_the_next_time(
    server: FakePushgateway, caplog: pytest.LogCaptureFixture
) -> None:
    put_old_environments(server, 100)
    server.seconds_to_answer = 0.01  # a second for all of them
    assert gateway(server.url).forget_environments(1, seconds=0.5) < 100
    assert "old environments stay in the Pushgateway" in caplog.text
    server.seconds_to_answer = 0
    gateway(server.url).forget_environments(1)
    assert server.groups == {}


def test_forget_environments_with_nobody_there_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert gateway("http://127.0.0.1:1").forget_environments(1) == 0
    assert "old environments stay" in caplog.text
