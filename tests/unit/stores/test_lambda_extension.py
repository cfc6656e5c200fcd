"""An extension is registered, polls so that the start can end, and harms no platform without."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from matinee.stores.lambda_extension import ask_for_sigterm
from tests.support.object_server import send
from tests.support.waiting import wait_until


class Extensions(ThreadingHTTPServer):
    """The Extensions API as far as one registration goes."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.registered: list[tuple[str, bytes]] = []
        self.polls: list[str] = []
        self.status = 200
        self.is_over = threading.Event()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Extensions

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.registered.append((self.headers["lambda-extension-name"], body))
        self.send_response(self.server.status)
        self.send_header("Lambda-Extension-Identifier", "an-id")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.polls.append(self.headers["lambda-extension-identifier"])
        self.server.is_over.wait()
        send(self, 200, b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def platform() -> Iterator[Extensions]:
    platform = Extensions()
    thread = threading.Thread(target=platform.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield platform
    platform.is_over.set()
    platform.shutdown()
    platform.server_close()
    thread.join()


def test_extension_registers_without_events_and_polls(platform: Extensions) -> None:
    assert ask_for_sigterm(platform.address)
    assert platform.registered == [("matinee-metrics", b'{"events": []}')]
    wait_until(lambda: platform.polls == ["an-id"])


def test_extension_that_is_refused_does_not_poll(platform: Extensions) -> None:
    platform.status = 403
    assert not ask_for_sigterm(platform.address)
    assert platform.polls == []


def test_extension_without_a_platform_is_none() -> None:
    assert not ask_for_sigterm("127.0.0.1:1")
