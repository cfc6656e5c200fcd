"""Whether an event was taken, was not, or may have been."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from matinee.errors import InvokeUnansweredError, InvokeUnavailableError
from matinee.stores import invocations
from matinee.stores.invocations import invoke_later
from tests.support.object_server import send


class Platform(HTTPServer):
    """Answers every invocation with `status`; with None it hangs up once it has the event."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status: int | None = 202
        self.events: list[object] = []


class _Handler(BaseHTTPRequestHandler):
    server: Platform
    timeout = 5

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.events.append(json.loads(body))
        if self.server.status is not None:
            send(self, self.server.status, b"{}")

    def log_message(self, *_: object) -> None:
        """Keep the output of tests clean."""


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    with Platform() as server:
        lead_to(server.server_address[1], monkeypatch)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def lead_to(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def invoke() -> None:
    invoke_later("train", {"event_id": "e1"}, region="us-east-1")


def test_event_is_handed_over_once(platform: Platform) -> None:
    invoke()
    assert platform.events == [{"event_id": "e1"}]


@pytest.mark.parametrize("status", [403, 404, 429])
def test_event_that_is_refused_was_not_taken(platform: Platform, status: int) -> None:
    platform.status = status
    with pytest.raises(InvokeUnavailableError, match="train cannot be invoked") as caught:
        invoke()
    assert not isinstance(caught.value, InvokeUnansweredError)


@pytest.mark.parametrize("status", [500, 504, None])
def test_event_that_was_sent_and_not_answered_may_have_been_taken(
    platform: Platform, status: int | None
) -> None:
    platform.status = status
    with pytest.raises(InvokeUnansweredError, match="train was perhaps invoked"):
        invoke()
    assert len(platform.events) == 1, "sent again, it would start two"


def test_platform_that_is_silent_may_have_taken_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invocations, "_TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lead_to(silent.getsockname()[1], monkeypatch)
        with pytest.raises(InvokeUnansweredError, match="ReadTimeoutError"):
            invoke()


def test_platform_that_is_not_there_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        lead_to(unused.getsockname()[1], monkeypatch)
        with pytest.raises(InvokeUnavailableError, match="cannot be invoked") as caught:
            invoke()
    assert not isinstance(caught.value, InvokeUnansweredError)
