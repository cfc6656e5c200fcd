"""One request: timeouts, another try for what only reads, and errors with a code."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from dashboard.api.errors import (
    GATEWAY,
    NOT_MATINEE,
    TIMEOUT,
    TOO_MANY_REQUESTS,
    UNREACHABLE,
    ApiError,
)

CONNECT_SECONDS = 3.0
# Waits before the second and the third try.
PAUSES_SECONDS = (0.15, 0.5)
# What a gateway says while nothing is behind it.
GATEWAY_STATUSES = {500, 502, 503, 504}


class Transport:
    """Talks to the API at `base_url`; may be used by many threads at once."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._http = httpx.Client(
            base_url=base_url,
            timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            transport=transport,
            headers={"accept": "application/json"},
        )

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def json(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        token: str | None = None,
        only_reads: bool = False,
        accepts: int | None = None,
    ) -> Any:
        """Return what the API answers, as JSON.

        A POST that `only_reads` may be tried again as a GET is. A status that `accepts` names is an
        answer as well.
        """
        answer = self._send(
            method,
            path,
            query=query,
            body=body,
            token=token,
            may_repeat=only_reads or method == "GET",
            accepts=accepts,
        )
        try:
            return answer.json()
        except ValueError as error:
            raise ApiError(NOT_MATINEE, status=answer.status_code) from error

    def text(self, path: str, *, query: Mapping[str, Any] | None = None) -> str:
        """Return a document, wherever the API sends us for it."""
        return self._send("GET", path, query=query, may_repeat=True, follow=True).text

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        token: str | None = None,
        may_repeat: bool,
        follow: bool = False,
        accepts: int | None = None,
    ) -> httpx.Response:
        request = self._http.build_request(
            method,
            path,
            params={name: value for name, value in (query or {}).items() if value is not None},
            json=None if body is None else dict(body),
            headers={"authorization": f"Bearer {token}"} if token else None,
        )
        # What changes something is sent once: the caller decides whether to do it again.
        pauses = PAUSES_SECONDS if may_repeat else ()
        for pause in (*pauses, None):
            try:
                answer = self._http.send(request, follow_redirects=follow)
            except httpx.TimeoutException as error:
                raise ApiError(TIMEOUT) from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if pause is None:
                    raise ApiError(UNREACHABLE) from error
            else:
                if answer.is_success or answer.status_code == accepts:
                    return answer
                problem = _problem(answer)
                if pause is None or not _is_worth_another_try(problem):
                    raise problem
            self._pause(pause)
        raise AssertionError("the last try returns or raises")


def _is_worth_another_try(problem: ApiError) -> bool:
    # Matinee's own errors are decided: asking again would only make the page wait.
    return problem.code == GATEWAY


def _problem(answer: httpx.Response) -> ApiError:
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        return ApiError(_code_of(answer.status_code), status=answer.status_code)
    return ApiError(code, message, status=answer.status_code)


def _code_of(status: int) -> str:
    """Name what went wrong where the answer has no error of Matinee's."""
    if status in GATEWAY_STATUSES:
        return GATEWAY
    return TOO_MANY_REQUESTS if status == 429 else NOT_MATINEE
