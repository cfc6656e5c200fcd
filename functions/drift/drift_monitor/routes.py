"""The routes of the drift function."""

from __future__ import annotations

import json
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from drift_monitor.dependencies import Services, Uses
from drift_monitor.runs import TREND_REPORTS
from drift_monitor.schemas import DriftReply, DriftRequest, ReportsReply, ReportView
from drift_monitor.settings import get_settings
from matinee.domain.runs import RunStatus
from matinee.errors import NotFoundError
from matinee.stores.drift_reports import DriftReport
from matinee.stores.report_files import HTML
from matinee.web.admin import admin_only
from matinee.web.direct import is_direct
from matinee.web.errors import ErrorReply

# A function's reply may have 6 MB, and the platform puts a page into JSON.
MOST_REPLY_BYTES = 5_500_000
NOT_FOUND = {"model": ErrorReply, "description": "There is no such report."}

router = APIRouter(
    prefix="/drift",
    tags=["drift"],
    responses={
        422: {"model": ErrorReply, "description": "Something sent is wrong."},
        503: {"model": ErrorReply, "description": "Something is down; try again."},
    },
)


@router.post("", include_in_schema=False, dependencies=[Depends(admin_only(get_settings))])
@router.post(
    "/",
    status_code=202,
    dependencies=[Depends(admin_only(get_settings))],
    response_model=DriftReply,
    responses={
        200: {"model": DriftReply, "description": "The report was made within the request."},
        401: {"model": ErrorReply, "description": "The admin token is missing or wrong."},
        404: {"model": ErrorReply, "description": "There is no such run."},
        409: {"model": ErrorReply, "description": "Another run is under way."},
    },
)
def measure_drift(
    wanted: DriftRequest, request: Request, response: Response, services: Uses
) -> object:
    """Compare what arrived lately with what the champion was trained on.

    Schedule events and direct invocations come here too. When the verdict is drift, and a
    training would help and none was started lately, one is.
    """
    if wanted.run_id is not None:
        report, mode = services.runs.go_on(wanted.run_id)
    else:
        report, mode = services.runs.ask(
            wanted.model_dump(mode="json", include={"since"}, exclude_none=True),
            event_id=wanted.event_id,
            reason=wanted.reason or wanted.source,
            may_wait=is_direct(request.scope),
        )
    response.status_code = 202 if mode == "asynchronous" else 200
    return DriftReply(**ReportView.of(report).model_dump(), mode=mode)


@router.get("/latest", responses={404: NOT_FOUND})
def latest_report(services: Uses) -> ReportView:
    """Show the latest report that has a verdict, with the trend of every measure."""
    reports = services.store.finished(limit=TREND_REPORTS)
    if not reports:
        raise NotFoundError("drift was never measured: POST /drift/ does")
    return ReportView.of(reports[0], reports)


@router.get("/reports")
def list_reports(services: Uses, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> ReportsReply:
    """List reports, newest first, those under way and those that failed included."""
    return ReportsReply(
        reports=[ReportView.of(report) for report in services.store.latest(limit=limit)]
    )


@router.get(
    "/reports/{report_id}",
    response_model=None,
    responses={
        200: {
            "model": ReportView,
            "description": "The page, or with `format=json` the report.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        },
        307: {"description": "The page is too large for a reply: here is a link to it."},
        404: NOT_FOUND,
    },
)
def show_report(
    report_id: uuid.UUID, services: Uses, format: Literal["html", "json"] = "html"
) -> Response | ReportView:
    """Show a report."""
    report = services.runs.find(report_id)
    if format == "json":
        earlier = services.store.finished(limit=TREND_REPORTS, until=report.requested_at)
        return ReportView.of(report, earlier)
    return _page(services, report)


def _page(services: Services, report: DriftReport) -> Response:
    if report.status is not RunStatus.SUCCEEDED:
        raise NotFoundError(
            f"report {report.run_id} has no page: it is {report.status.value}; try format=json"
        )
    page = services.files.read(report.run_id, HTML)
    if len(json.dumps(page)) > MOST_REPLY_BYTES:
        return RedirectResponse(services.files.link(report.run_id, HTML))
    return HTMLResponse(page)
