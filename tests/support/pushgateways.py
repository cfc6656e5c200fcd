"""A Pushgateway as a dictionary of groups, and two that never finish an answer."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.object_server import send


class FakePushgateway(ThreadingHTTPServer):
    """`groups` holds what was pushed by path; `status`, when set, is all that it answers.

    It thinks for `seconds_to_answer` before each answer.
    """

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.groups: dict[str, str] = {}
        self.pushed_at: dict[str, float] = {}
        self.n_pushes = 0
        self.status: int | None = None
        self.seconds_to_answer = 0.0
        self.is_closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, path: str, text: str) -> None:
        self.groups[path] = text
        self.pushed_at[path] = time.time()
        self.n_pushes += 1

    def listing(self) -> bytes:
        """Return what ``GET /api/v1/metrics`` of the real one says of labels and times."""
        data = [
            {
                "labels": _labels(path),
                "push_time_seconds": {"metrics": [{"value": f"{self.pushed_at[path]:e}"}]},
            }
            for path in self.groups
        ]
        return json.dumps({"status": "success", "data": data}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: FakePushgateway
    timeout = 5

    def do_PUT(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        if self._may():
            self.server.put(self.path, text)
            send(self, 200, b"")

    def do_DELETE(self) -> None:
        if self._may():
            self.server.groups.pop(self.path, None)
            send(self, 202, b"")

    def do_GET(self) -> None:
        if self._may():
            send(self, 200, self.server.listing())

    def _may(self) -> bool:
        self.server.is_closing.wait(self.server.seconds_to_answer)
        if self.server.status is not None:
            send(self, self.server.status, b"")
        return self.server.status is None

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


def _labels(path: str) -> dict[str, str]:
    parts = path.removeprefix("/metrics/").split("/")
    return dict(zip(parts[::2], parts[1::2], strict=True))


@contextmanager
def fake_pushgateway() -> Iterator[FakePushgateway]:
    """Run one inside the block."""
    server = FakePushgateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.is_closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent_pushgateway() -> Iterator[str]:
    """Return the address of one that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def trickling_pushgateway() -> Iterator[str]:
    """Return the address of one whose answer to the first request goes on and on."""
    is_closing = threading.Event()

    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):  # whoever asked may leave
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while not is_closing.wait(0.01):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=[server])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            is_closing.set()
            thread.join()
