"""What can go wrong between a page and the API."""

from __future__ import annotations

UNREACHABLE = "unreachable"
TIMEOUT = "timeout"
NOT_MATINEE = "not_matinee"
GATEWAY = "gateway"
TOO_MANY_REQUESTS = "too_many_requests"


class ApiError(Exception):
    """The API did not give what was asked for; `code` says why, `message` in its own words."""

    def __init__(self, code: str, message: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.status = status
