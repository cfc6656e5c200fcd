"""What a run is given in an environment: whom it invokes, and where it pushes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from drift_monitor.dependencies import get_services
from drift_monitor.runs import DriftMonitor
from drift_monitor.settings import get_settings
from matinee.stores.report_files import HTML
from tests.support.pushgateways import fake_pushgateway

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "DATABASE_URL": "postgresql://nobody:no@127.0.0.1:1/nowhere",
    "MODEL_BUCKET": "test-models",
    "STAGE": "staging",
    "ASYNC_INVOKE": "",
    "AWS_LAMBDA_FUNCTION_NAME": "drift",
    "TRAIN_FUNCTION_NAME": "train",
}
ENVIRONMENT_GROUP = "/metrics/job/matinee-predict/instance/gone"


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


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [("", "http://minio:9000"), ("https://files.example:9443", "https://files.example:9443")],
)
def test_link_to_a_report_is_signed_for_the_address_at_which_browsers_find_s3(
    environment: pytest.MonkeyPatch, elsewhere: str, expected: str
) -> None:
    environment.setenv("AWS_ENDPOINT_URL_S3", "http://minio:9000")
    environment.setenv("REPORT_LINK_ENDPOINT_URL", elsewhere)
    link = get_services().files.link(UUID(int=1), HTML)
    assert link.startswith(f"{expected}/test-models/reports/{UUID(int=1)}/report.html?")
    assert "X-Amz-SignedHeaders=host" in link


def test_run_whose_rows_cannot_be_read_still_tidies_up_after_environments_that_are_gone(
    environment: pytest.MonkeyPatch,
) -> None:
    with fake_pushgateway() as gateway:
        environment.setenv("PUSHGATEWAY_URL", gateway.url)
        gateway.put(ENVIRONMENT_GROUP, "old 1\n")
        gateway.pushed_at[ENVIRONMENT_GROUP] = 1
        monitor().tell()
    assert gateway.groups == {}


def test_run_without_a_pushgateway_tells_nobody(environment: pytest.MonkeyPatch) -> None:
    monitor().tell()
