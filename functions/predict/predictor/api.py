"""The app for HTTP, and the handler that leads Lambda's events to it."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from fastapi import FastAPI
from mangum import Mangum
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matinee.web.direct import direct_handler
from matinee.web.environment_start import StartNoted, environment_start
from matinee.web.errors import ErrorReply, add_error_replies
from matinee.web.json_bodies import JsonBodies
from predictor.metrics import REQUEST_SECONDS, REQUESTS
from predictor.routes import activity, catalogue, group, lists, newcomers, status, users
from predictor.services import Services


class Measured:
    """Counts and times every request of an app, by route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started_at = time.perf_counter()
        status_code = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status_code
            if message["type"] == "http.response.start":
                status_code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            # Unknown paths share one label, or callers could make up new ones without end.
            # /predict and /predict/ are one route, too.
            route = getattr(scope.get("route"), "path", "none").rstrip("/")
            _requests(route, status_code).inc()
            _request_seconds(route).observe(time.perf_counter() - started_at)


# Looking a label up takes longer than counting; routes and statuses are few.
@cache
def _requests(route: str, status_code: int) -> Counter:
    return REQUESTS.labels(route=route, status=str(status_code))


@cache
def _request_seconds(route: str) -> Histogram:
    return REQUEST_SECONDS.labels(route=route)


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


def create_handler(services: Services | None = None) -> Mangum:
    """Build the Lambda handler; direct invocations take the path of ``POST /predict/``."""
    app = create_app(services)
    start = environment_start("predict")

    def note_start() -> bool:
        used: Services | None = app.state.services
        return used is not None and used.activity.note_start(start)

    served: Any = Measured(StartNoted(app, note_start))
    return Mangum(served, lifespan="off", custom_handlers=[direct_handler("/predict/")])
