"""Every request is counted and timed, whichever function serves it."""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matinee.observability.metrics import REQUEST_SECONDS, REQUESTS

_STRATEGY_KEY = "matinee.strategy"


def note_strategy(scope: MutableMapping[str, Any], strategy: str) -> None:
    """Say how the list was made that answers a request; others have no strategy."""
    scope[_STRATEGY_KEY] = strategy


class Measured:
    """Middleware that counts and times every request of an app, by route.

    Parameters
    ----------
    app : ASGI app
        What serves the request.
    on_counted : callable
        Called after every request.
    """

    def __init__(self, app: ASGIApp, on_counted: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._on_counted = on_counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started_at = time.perf_counter()
        status_code = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status_code
            if message["type"] == "http.response.start":
                status_code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            # Unknown paths share one label, or callers could make up new ones without end.
            # /predict and /predict/ are one route, too.
            route = getattr(scope.get("route"), "path", "none").rstrip("/")
            _requests(route, scope.get(_STRATEGY_KEY, ""), status_code).inc()
            _request_seconds(route).observe(time.perf_counter() - started_at)
            self._on_counted()


# Looking a label up takes longer than counting; routes, strategies and statuses are few.
@cache
def _requests(route: str, strategy: str, status_code: int) -> Counter:
    return REQUESTS.labels(route=route, strategy=strategy, status=str(status_code))


@cache
def _request_seconds(route: str) -> Histogram:
    return REQUEST_SECONDS.labels(route=route)
