"""The app for HTTP, and the handler that leads Lambda's events to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from mangum import Mangum

from matinee.observability.environment import EnvironmentStart
from matinee.web.direct import direct_handler
from matinee.web.environment_start import StartNoted
from matinee.web.errors import ErrorReply, add_error_replies
from matinee.web.json_bodies import JsonBodies
from matinee.web.measured import Measured
from predictor.routes import activity, catalogue, group, lists, newcomers, status, users
from predictor.services import Services


def create_app(services: Services | None = None) -> FastAPI:
    """Build the app; services are built on the first request when none are given."""
    app = FastAPI(
        title="Matinee: predict",
        summary="What should this user watch?",
        version="1",
        redirect_slashes=False,
        responses={
            422: {"model": ErrorReply, "description": "The request is wrong; names the field."},
            503: {"model": ErrorReply, "description": "Something is down; try again."},
        },
    )
    app.state.services = services
    app.add_middleware(JsonBodies)
    add_error_replies(app)
    for routes in (lists, group, catalogue, newcomers, users, activity, status):
        app.include_router(routes.router)
    return app


def create_handler(
    services: Services | None = None, *, on_counted: Callable[[], None] = lambda: None
) -> Mangum:
    """Build the Lambda handler; direct invocations take the path of ``POST /predict/``."""
    app = create_app(services)

    def note_start(start: EnvironmentStart) -> bool:
        used: Services | None = app.state.services
        return used is not None and used.activity.note_start(start)

    served: Any = Measured(StartNoted(app, "predict", note_start), on_counted)
    return Mangum(served, lifespan="off", custom_handlers=[direct_handler("/predict/")])
