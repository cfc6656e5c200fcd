"""Bodies are JSON, whatever their content type says."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

_NAME = b"content-type"
_JSON = (_NAME, b"application/json")


class JsonBodies:
    """Middleware that presents every body as JSON.

    ``curl -d '{...}'`` calls its body a form, and no route here takes forms.

    Parameters
    ----------
    app : ASGI app
        What serves the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] in ("POST", "PUT", "PATCH"):
            # In place: whoever wraps this reads from the same scope which route was taken.
            scope["headers"] = [_JSON, *(h for h in scope["headers"] if h[0] != _NAME)]
        await self._app(scope, receive, send)
