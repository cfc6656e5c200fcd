"""Every exception that leaves a route becomes an error reply."""

import json
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from mangum import Mangum

from matinee import errors
from matinee.web.errors import add_error_replies, status_of
from tests.support.events import InvocationContext, http_event

STATUS_BY_ERROR = {
    errors.MatineeError: 500,
    errors.ConfigurationError: 500,
    errors.DatabaseSchemaError: 500,
    errors.InvalidRequestError: 422,
    errors.InvalidRatingError: 422,
    errors.UnknownMovieError: 404,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.UnauthorizedError: 401,
    errors.UnavailableError: 503,
    errors.RatingStoreUnavailableError: 503,
    errors.ArtifactStoreUnavailableError: 503,
    errors.RegistryUnavailableError: 503,
    errors.InvokeUnavailableError: 503,
    errors.InvokeUnansweredError: 503,
    errors.ArtifactError: 500,
    errors.ArtifactNotFoundError: 503,
    errors.ArtifactIntegrityError: 500,
    errors.ArtifactSchemaError: 500,
    errors.TrainingError: 500,
    errors.NotEnoughRatingsError: 500,
    errors.FitDivergedError: 500,
    errors.NotEnoughMemoryError: 500,
    errors.DriftError: 500,
}
ALL_ERRORS = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, errors.MatineeError)
]


def reply_to(error: Exception, path: str = "/") -> dict[str, Any]:
    """Ask an app whose one route raises."""
    app = FastAPI()
    add_error_replies(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    reply = Mangum(app, lifespan="off")(http_event("GET", path), InvocationContext())
    assert reply["headers"]["content-type"] == "application/json"
    return reply


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_error_has_its_status_and_is_told_with_code_message_and_details(
    kind: type[errors.MatineeError],
) -> None:
    reply = reply_to(kind("what happened", details={"id": 1}))
    assert reply["statusCode"] == status_of(kind("")) == STATUS_BY_ERROR[kind]
    assert json.loads(reply["body"]) == {
        "error": {"code": kind.code, "message": "what happened", "details": {"id": 1}}
    }


def test_error_codes_are_unique() -> None:
    codes = [kind.code for kind in ALL_ERRORS]
    assert len(set(codes)) == len(codes)


def test_errors_are_all_drawn_in_the_tree_at_the_top_of_their_module() -> None:
    assert errors.__doc__ is not None
    assert {kind.__name__ for kind in ALL_ERRORS} - set(errors.__doc__.split()) == set()


@pytest.mark.parametrize(
    ("error", "header"),
    [
        (errors.UnavailableError("down"), "retry-after"),
        (errors.UnauthorizedError("no"), "www-authenticate"),
    ],
)
def test_error_reply_has_the_header_that_its_status_asks_for(error: Exception, header: str) -> None:
    assert header in reply_to(error)["headers"]
    assert header not in reply_to(errors.NotFoundError(""))["headers"]


def test_bug_is_answered_without_its_trace_and_logged_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("matinee.web"), "handle", records.append)
    reply = reply_to(RuntimeError("password=hunter2"))
    assert reply["statusCode"] == 500
    assert json.loads(reply["body"])["error"]["code"] == "internal_error"
    assert "hunter2" not in reply["body"]
    assert "Traceback" not in reply["body"]
    assert records[0].exc_info is not None


def test_unknown_path_is_an_error_reply() -> None:
    reply = reply_to(RuntimeError(), "/nowhere")
    assert reply["statusCode"] == 404
    assert json.loads(reply["body"])["error"]["code"] == "not_found"
