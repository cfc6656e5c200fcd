"""What a run is given in an environment: whom it invokes, and where it pushes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from drift_monitor.dependencies import get_services
from drift_monitor.measures import Finding
from drift_monitor.runs import DriftMonitor
from drift_monitor.settings import get_settings
from tests.support.pushgateways import fake_pushgateway

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "DATABASE_URL": "postgresql://nowhere",
    "MODEL_BUCKET": "test-models",
    "STAGE": "staging",
    "ASYNC_INVOKE": "",
    "AWS_LAMBDA_FUNCTION_NAME": "drift",
    "TRAIN_FUNCTION_NAME": "train",
}
GROUP = "/metrics/job/matinee-drift/stage/staging"
ENVIRONMENT_GROUP = "/metrics/job/matinee-predict/instance/gone"


@dataclass(frozen=True)
class Counted:
    """A store that only counts."""

    def count_by_verdict(self) -> dict[str, int]:
        return {"drift": 3}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    forget()
    yield monkeypatch
    forget()


def forget() -> None:
    get_settings.cache_clear()
    get_services.cache_clear()


def monitor() -> DriftMonitor:
    work: Any = get_services().runs.work
    bound: DriftMonitor = work.__self__
    return bound


@pytest.mark.parametrize(
    ("name", "value", "invokes_itself", "starts_trainings"),
    [
        ("ASYNC_INVOKE", "true", True, True),
        ("ASYNC_INVOKE", "false", False, False),
        ("TRAIN_FUNCTION_NAME", "", True, False),
        ("AWS_LAMBDA_FUNCTION_NAME", "", False, True),
    ],
)
def test_functions_are_invoked_where_the_platform_can_and_their_names_are_known(
    environment: pytest.MonkeyPatch,
    name: str,
    value: str,
    invokes_itself: bool,
    starts_trainings: bool,
) -> None:
    environment.setenv(name, value)
    assert (get_services().runs.invoke_later is not None) == invokes_itself
    assert (monitor().trainings.invoke is not None) == starts_trainings


def push() -> None:
    store: Any = Counted()
    monitor().push(store, {"rating": Finding(900, 500, score=0.34)}, "drift", 1.5)


def test_run_pushes_its_stages_group_and_tidies_up_after_environments_that_are_gone(
    environment: pytest.MonkeyPatch,
) -> None:
    with fake_pushgateway() as gateway:
        environment.setenv("PUSHGATEWAY_URL", gateway.url)
        gateway.put(ENVIRONMENT_GROUP, "old 1\n")
        gateway.pushed_at[ENVIRONMENT_GROUP] = 1
        push()
    assert set(gateway.groups) == {GROUP}
    assert 'matinee_drift_score{measure="rating"} 0.34' in gateway.groups[GROUP]
    assert 'matinee_drift_reports{verdict="drift"} 3' in gateway.groups[GROUP]


def test_run_without_a_pushgateway_or_with_one_that_fails_goes_on(
    environment: pytest.MonkeyPatch,
) -> None:
    push()
    with fake_pushgateway() as gateway:
        gateway.status = 500
        environment.setenv("PUSHGATEWAY_URL", gateway.url)
        forget()
        push()
    assert gateway.groups == {}
