"""Entry point of the train function: HTTP, schedule events and direct invocations."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from mangum import Mangum

from matinee.observability.environment import runtime_api
from matinee.observability.logs import configure_logging
from matinee.settings import EnvironmentSettings
from matinee.stores.environment_metrics import EnvironmentMetrics
from matinee.web.direct import direct_handler
from matinee.web.environment_start import StartNoted
from matinee.web.errors import add_error_replies
from matinee.web.json_bodies import JsonBodies
from matinee.web.measured import Measured
from trainer.dependencies import note_start
from trainer.routes import router


def create_app() -> FastAPI:
    """Build the app."""
    app = FastAPI(
        title="Matinee: train",
        summary="Fits a challenger on a dated snapshot of ratings and lets it serve if it is good.",
        version="1",
        redirect_slashes=False,
    )
    app.add_middleware(JsonBodies)
    add_error_replies(app)
    app.include_router(router)
    return app


configure_logging(EnvironmentSettings.from_environment().log_level)
metrics = EnvironmentMetrics.from_environment("train")
app: Any = Measured(StartNoted(create_app(), "train", note_start), metrics.note)
handler = Mangum(app, lifespan="off", custom_handlers=[direct_handler("/train/")])
if runtime_api() is not None:
    metrics.begin()
