"""Schedule events and direct invocations, on the same path function as HTTP.

A class per entry path is handed to Mangum as a custom handler; what it understands is any event
that did not come from an API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from matinee.errors import MatineeError

_DIRECT_KEY = "matinee.direct"


class DirectInvocationError(MatineeError):
    """A direct invocation failed; the platform counts it, retries it, keeps it as dead letter."""

    code = "invocation_failed"


def is_direct(scope: Mapping[str, Any]) -> bool:
    """Tell whether a request came as a schedule event or a direct invocation."""
    return scope.get(_DIRECT_KEY) is True


def direct_handler(path: str) -> type[Any]:
    """Return a Mangum handler that POSTs an event, as it is, to one path.

    Parameters
    ----------
    path : str
        Path of the function's main route.

    Returns
    -------
    type
        For Mangum's `custom_handlers`. Invoking returns the reply's JSON; a reply of 500 or
        more raises `DirectInvocationError`, so that retries and dead letters do their work.
    """

    class DirectHandler:
        def __init__(self, event: dict[str, Any], context: Any, _config: Any) -> None:
            self.event = event
            self.context = context

        @classmethod
        def infer(cls, event: Any, _context: Any, _config: Any) -> bool:
            return isinstance(event, dict) and "requestContext" not in event

        @property
        def body(self) -> bytes:
            return json.dumps(self.event).encode()

        @property
        def scope(self) -> dict[str, Any]:
            return {
                "type": "http",
                "http_version": "1.1",
                "method": "POST",
                "headers": [[b"content-type", b"application/json"], [b"host", b"direct"]],
                "path": path,
                "raw_path": None,
                "root_path": "",
                "scheme": "https",
                "query_string": b"",
                "server": ("direct", 443),
                "client": ("direct", 0),
                "asgi": {"version": "3.0", "spec_version": "2.0"},
                "aws.event": self.event,
                "aws.context": self.context,
                _DIRECT_KEY: True,
            }

        def __call__(self, response: Any) -> dict[str, Any]:
            reply: dict[str, Any] = json.loads(response["body"])
            if response["status"] >= 500:
                error = reply["error"]
                raise DirectInvocationError(f"{error['code']}: {error['message']}")
            return reply

    return DirectHandler
