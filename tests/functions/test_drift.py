"""The drift function keeps its contract's routes and says that it does not measure."""

import json
from collections.abc import Iterator

import pytest

from drift_monitor.app import handler
from drift_monitor.settings import get_settings
from matinee.web.direct import DirectInvocationError
from tests.support.events import InvocationContext, load_event

TOKEN = "local-admin-token"  # the one in events/drift.json


@pytest.fixture(autouse=True)
def admin_token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ADMIN_TOKEN", TOKEN)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.parametrize("name", ["drift", "drift-latest", "drift-reports", "drift-report"])
def test_drift_route_called_answers_501_with_an_error_body(name: str) -> None:
    reply = handler(load_event(name), InvocationContext())
    error = json.loads(reply["body"])["error"]
    assert reply["statusCode"] == 501
    assert error["code"] == "not_implemented"
    assert set(error) == {"code", "message", "details"}


def test_drift_without_admin_token_is_refused() -> None:
    event = load_event("drift")
    del event["headers"]["authorization"]
    assert handler(event, InvocationContext())["statusCode"] == 401


def test_drift_schedule_event_fails_so_that_it_becomes_a_dead_letter() -> None:
    with pytest.raises(DirectInvocationError, match="not_implemented"):
        handler(load_event("schedule-drift"), InvocationContext())
