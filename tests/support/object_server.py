"""An HTTP server that answers GET from a dictionary, or badly on purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[[BaseHTTPRequestHandler], None]


class ObjectServer(ThreadingHTTPServer):
    """`objects` by path; `replies` are used up first, one a request."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.replies: list[Reply] = []
        self.paths: list[str] = []
        self.requested_headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: ObjectServer
    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.requested_headers.append(dict(self.headers))
        if self.server.replies:
            self.server.replies.pop(0)(self)
        else:
            self._answer()

    def _answer(self) -> None:
        content = self.server.objects.get(self.path)
        status = 200
        if content is None:
            status, content = 404, b"<Error><Code>NoSuchKey</Code></Error>"
        elif "range" in self.headers:
            start, stop = self.headers["range"].removeprefix("bytes=").split("-")
            status, content = 206, content[int(start) : int(stop) + 1]
        send(self, status, content)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


def send(request: BaseHTTPRequestHandler, status: int, content: bytes) -> None:
    """Send a reply as it should be."""
    request.send_response(status)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def status(code: int) -> Reply:
    """Reply with a status and nothing else."""
    return lambda request: send(request, code, b"")


def whole(content: bytes) -> Reply:
    """Reply with 200 whatever range was asked for."""
    return lambda request: send(request, 200, content)


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Close the connection without a reply."""
    request.close_connection = True


def truncated(request: BaseHTTPRequestHandler) -> None:
    """Promise more bytes than come."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"half")
    request.close_connection = True


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """Run a server inside the block."""
    server = ObjectServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
