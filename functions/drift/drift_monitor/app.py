"""Entry point of the drift function: HTTP, schedule events and direct invocations."""

from __future__ import annotations

from fastapi import FastAPI
from mangum import Mangum

from drift_monitor.routes import router
from matinee.web.direct import direct_handler
from matinee.web.errors import add_error_replies

app = FastAPI(
    title="Matinee drift",
    version="1",
    description="Compares current traffic and ratings with the champion's reference window.",
    openapi_url=None,
)
app.include_router(router)
add_error_replies(app)

handler = Mangum(app, lifespan="off", custom_handlers=[direct_handler("/drift/")])
