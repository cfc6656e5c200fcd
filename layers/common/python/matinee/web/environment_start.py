"""Notes once when this environment began to serve."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.observability.environment import EnvironmentStart


class StartNoted:
    """Middleware that notes the start of its environment after the first request that can.

    Parameters
    ----------
    app : ASGI app
        What serves requests; the environment can serve from now on.
    function : str
        Name of the function.
    note : callable
        Notes the start; false when it must be tried again after the next request.
    """

    def __init__(
        self, app: ASGIApp, function: str, note: Callable[[EnvironmentStart], bool]
    ) -> None:
        self._start = EnvironmentStart.ends_now(function)
        self._app = app
        self._note = note
        self._is_noted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)
        if not self._is_noted:
            self._is_noted = self._note(self._start)
