"""What pushing metrics adds to a request, with a Pushgateway that takes them and one that hangs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from benchmarks.serving import http_event
from benchmarks.stack import Stack
from benchmarks.timing import median_ms
from matinee.settings import MetricsSettings
from matinee.stores.environment_metrics import EnvironmentMetrics
from predictor.api import create_handler
from predictor.services import Services, build_services
from predictor.settings import PredictSettings

# Fifty times as often as usual, so that pushes do meet the requests that are timed.
INTERVAL_SECONDS = 0.1


class _Taker(BaseHTTPRequestHandler):
    """Takes whatever is pushed."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


def measure_pushing(stack: Stack) -> dict[str, float]:
    """Return milliseconds of one request without pushes, with them, and with ones that hang."""
    services = build_services(PredictSettings.from_environment())
    user_id = int(stack.challenger.snapshot.user_ids[0])
    event = http_event("POST", "/predict/", {"user_id": user_id})
    with _taking() as taking, _hanging() as hanging:
        handlers = [_handler(services, url) for url in (None, taking, hanging)]
        calls = [lambda handler=handler: handler(event, None) for handler in handlers]
        without_ms, with_ms, hanging_ms = median_ms(*calls, rounds=2000)
    return {
        "list, nothing pushed ms": without_ms,
        "list, pushed ms": with_ms,
        "list, Pushgateway hangs ms": hanging_ms,
        "pushing adds ms": with_ms - without_ms,
        "a hanging Pushgateway adds ms": hanging_ms - without_ms,
        "pushed / nothing pushed": with_ms / without_ms,
    }


def _handler(services: Services, url: str | None) -> Any:
    settings = MetricsSettings(pushgateway_url=url, push_interval_seconds=INTERVAL_SECONDS)
    metrics = EnvironmentMetrics("predict", settings)
    metrics.begin()
    return create_handler(services, on_counted=metrics.note)


@contextmanager
def _taking() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Taker)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@contextmanager
def _hanging() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
