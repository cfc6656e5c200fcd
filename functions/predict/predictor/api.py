"""The app for HTTP, and the handler that leads Lambda's events to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from mangum import Mangum

from matinee.web.direct import direct_handler
from matinee.web.errors import ErrorReply, add_error_replies
from matinee.web.json_bodies import JsonBodies
from matinee.web.measured import Measured
from predictor.routes import catalogue, lists, status, users
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
    for router in (lists.router, catalogue.router, users.router, status.router):
        app.include_router(router)
    return app


def create_handler(
    services: Services | None = None, *, on_counted: Callable[[], None] = lambda: None
) -> Mangum:
    """Build the Lambda handler; direct invocations take the path of ``POST /predict/``."""
    app: Any = Measured(create_app(services), on_counted)
    return Mangum(app, lifespan="off", custom_handlers=[direct_handler("/predict/")])
