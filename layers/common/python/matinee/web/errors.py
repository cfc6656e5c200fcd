"""Errors as JSON: ``{"error": {"code", "message", "details"}}``, never a stack trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from matinee.errors import (
    ArtifactNotFoundError,
    ConflictError,
    InvalidRequestError,
    MatineeError,
    NotFoundError,
    UnauthorizedError,
    UnavailableError,
    UnknownMovieError,
)

logger = logging.getLogger("matinee.web")

RETRY_AFTER_SECONDS = 5
_HEADERS_BY_STATUS = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}
_MOST_FIELDS = 20
_STATUS_BY_ERROR: tuple[tuple[type[MatineeError], int], ...] = (
    (UnauthorizedError, 401),
    (NotFoundError, 404),
    (UnknownMovieError, 404),
    (ConflictError, 409),
    (InvalidRequestError, 422),
    (UnavailableError, 503),
    # A service without a model yet is not broken; it waits for its first training.
    (ArtifactNotFoundError, 503),
    (MatineeError, 500),
)
_CODE_BY_STATUS = {400: "invalid_request", 404: "not_found", 405: "method_not_allowed"}


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable, for programs.", examples=["invalid_request"])
    message: str = Field(description="For people; names what is wrong.")
    details: dict[str, object] = Field(default_factory=dict, description="Depends on the code.")


class ErrorReply(BaseModel):
    """The body of every reply that is an error."""

    error: ErrorBody


def error_reply(
    status: int, code: str, message: str, details: Mapping[str, object] | None = None
) -> Response:
    """Build an error reply."""
    body = {"error": {"code": code, "message": message, "details": dict(details or {})}}
    # ASCII, because what callers sent and this quotes may be no text that UTF-8 can hold.
    content = json.dumps(body).encode("ascii")
    return Response(content, status, _HEADERS_BY_STATUS.get(status), "application/json")


def status_of(error: MatineeError) -> int:
    """Return the HTTP status for an error."""
    return next(status for kind, status in _STATUS_BY_ERROR if isinstance(error, kind))


def add_error_replies(app: FastAPI) -> None:
    """Turn every exception that leaves a route into an error reply."""
    app.add_exception_handler(MatineeError, _reply_to_matinee_error)
    app.add_exception_handler(RequestValidationError, _reply_to_bad_input)
    app.add_exception_handler(HTTPException, _reply_to_http_exception)
    app.add_exception_handler(Exception, _reply_to_bug)


async def _reply_to_matinee_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatineeError)
    status = status_of(error)
    level = logging.INFO if status < 500 else logging.ERROR
    logger.log(level, "%s %s: %s", request.method, request.url.path, error.message)
    return error_reply(status, error.code, error.message, error.details)


async def _reply_to_bad_input(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()[:_MOST_FIELDS]
    fields = dict(map(_field_and_complaint, problems))
    message = "; ".join(f"{field}: {problem}" for field, problem in fields.items())
    return error_reply(422, "invalid_request", message, {"fields": fields})


def _field_and_complaint(problem: Mapping[str, Any]) -> tuple[str, str]:
    location = problem["loc"]
    match problem["type"]:
        case "json_invalid":
            return "body", "is no JSON"
        case "value_error":  # a validator of ours; pydantic would put "Value error," before it
            return _field_name(location), str(problem["ctx"]["error"])
        case _:
            return _field_name(location), str(problem["msg"])


def _field_name(location: tuple[int | str, ...]) -> str:
    # The first part says where the field was: body, query or path.
    parts = location[1:] if len(location) > 1 and isinstance(location[1], str) else location
    return ".".join(map(str, parts))


async def _reply_to_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODE_BY_STATUS.get(error.status_code, "http_error")
    message = f"{request.method} {request.url.path}: {error.detail}"
    return error_reply(error.status_code, code, message)


async def _reply_to_bug(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_reply(500, "internal_error", "something went wrong here; the log says what")
