"""Notes once when this environment began to serve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.observability.environment import environment_id, seconds_since_start
from matinee.stores.activity import EnvironmentStart


def environment_start(function: str) -> EnvironmentStart:
    """Return the start of this process, which ends now."""
    seconds = seconds_since_start()
    started_at = datetime.now(UTC) - timedelta(seconds=seconds)
    return EnvironmentStart(environment_id(), function, started_at, seconds)


class StartNoted:
    """Middleware that notes the start after the first request that used the database.

    Parameters
    ----------
    app : ASGI app
        What serves requests.
    note : callable
        Notes the start; false when it must be tried again.
    """

    def __init__(self, app: ASGIApp, note: Callable[[], bool]) -> None:
        self._app = app
        self._note = note
        self._is_noted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)
        if not self._is_noted:
            self._is_noted = self._note()
