"""The example events in `events/`, as Lambda would hand them to a function."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.support.source import ROOT

EVENTS = ROOT / "events"


def load_event(name: str) -> dict[str, Any]:
    """Read one example event."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def http_event(
    method: str,
    path: str,
    *,
    query: dict[str, object] | None = None,
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Build an API Gateway HTTP API event, payload format 2.0."""
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {"content-type": "application/json"} if headers is None else headers,
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
        },
        "isBase64Encoded": False,
    }
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        event["body"] = body
    return event


@dataclass(frozen=True)
class InvocationContext:
    """The part of Lambda's context object that handlers look at."""

    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name: str = "matinee-test"
    memory_limit_in_mb: int = 1024

    def get_remaining_time_in_millis(self) -> int:
        """Answer as at the start of an invocation."""
        return 10_000
