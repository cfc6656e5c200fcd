"""The routes of the drift function.

The contract stands, the measuring does not: every route answers 501 and says so, because an
empty report would read as "no drift".
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from drift_monitor.settings import get_settings
from matinee.web.admin import admin_only
from matinee.web.errors import ErrorReply, error_reply

router = APIRouter(
    prefix="/drift",
    tags=["drift"],
    responses={
        422: {"model": ErrorReply, "description": "Something sent is wrong."},
        501: {"model": ErrorReply, "description": "Drift is not measured."},
    },
)


@router.post("", include_in_schema=False, dependencies=[Depends(admin_only(get_settings))])
@router.post(
    "/",
    status_code=501,
    dependencies=[Depends(admin_only(get_settings))],
    responses={401: {"model": ErrorReply, "description": "The admin token is missing or wrong."}},
)
async def measure_drift() -> Response:
    """Compare current traffic and ratings with the champion's reference."""
    return _not_implemented()


@router.get("/latest", status_code=501)
async def latest_drift() -> Response:
    """Answer the latest verdict."""
    return _not_implemented()


@router.get("/reports", status_code=501)
async def drift_reports() -> Response:
    """List the stored reports, newest first."""
    return _not_implemented()


@router.get("/reports/{report_id}", status_code=501)
async def drift_report(report_id: str) -> Response:
    """Answer one report as HTML."""
    return _not_implemented(report_id=report_id)


def _not_implemented(**details: object) -> Response:
    message = "This version of Matinee does not measure drift."
    return error_reply(501, "not_implemented", message, details)
