"""Whether a server on this machine answers a GET."""

from __future__ import annotations

import http.client

from embedded.ports import HOST

TIMEOUT_SECONDS = 2.0


def answers(port: int, path: str) -> bool:
    """Whether ``GET path`` is answered with a status below 400."""
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
