"""The drift function's contract, through its handler, over a bucket in memory."""

from __future__ import annotations

import json
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from mangum import Mangum
from moto import mock_aws

from drift_monitor import routes
from drift_monitor.app import create_app
from drift_monitor.dependencies import Services, get_services
from drift_monitor.settings import get_settings
from matinee.domain.runs import RunStatus
from matinee.errors import ArtifactNotFoundError, DriftError
from matinee.runs import InvokeLater, Runs
from matinee.stores.drift_reports import DriftReport, DriftReportStore
from matinee.stores.model_publisher import s3_client
from matinee.stores.report_files import HTML, ReportFiles
from matinee.web.direct import DirectInvocationError, direct_handler
from tests.support.drift_runs import (
    OUTCOME,
    MemoryReports,
    finished_report,
    new_report,
    outcome_of,
)
from tests.support.events import InvocationContext, http_event, load_event
from tests.support.runs import REQUESTED_AT, FakeLock

BUCKET = "test-models"
TOKEN = "local-admin-token"  # the one in events/drift.json
PAGE = "<html><body>Drift was found: é</body></html>"


@dataclass
class DriftFunction:
    """The function's handler and what it leans on."""

    files: ReportFiles
    store: MemoryReports = field(default_factory=MemoryReports)
    lock: FakeLock = field(default_factory=FakeLock)
    error: Exception | None = None
    invoked: list[Any] = field(default_factory=list)
    can_invoke: bool = True

    def __post_init__(self) -> None:
        app = create_app()
        app.dependency_overrides = {get_services: self._services}
        self.handler = Mangum(app, lifespan="off", custom_handlers=[direct_handler("/drift/")])

    def _services(self) -> Services:
        invoke_later: InvokeLater | None = self.invoked.append if self.can_invoke else None
        runs: Runs[DriftReport] = Runs(
            "drift", DriftError, self.store, self.lock, self._work, invoke_later
        )
        return Services(runs, cast(DriftReportStore, self.store), self.files)

    def _work(self, run: DriftReport, _lock: object, _when_unlocked: ExitStack) -> None:
        if self.error is not None:
            raise self.error
        self.files.save(run.run_id, {HTML: PAGE})
        self.store.succeed(run.run_id, OUTCOME)

    def send(self, event: dict[str, Any]) -> Any:
        return self.handler(event, InvocationContext())

    def get(self, path: str, **query: object) -> Any:
        return self.send(http_event("GET", path, query=query))

    def post(self, body: object = None, path: str = "/drift/") -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
        text = None if body is None else json.dumps(body)
        reply = self.send(http_event("POST", path, body=text, headers=headers))
        return reply["statusCode"], json.loads(reply["body"])

    def the_report(self) -> DriftReport:
        (report,) = self.store.runs.values()
        return report


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[DriftFunction]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "DATABASE_URL": "postgresql://nowhere",
        "MODEL_BUCKET": BUCKET,
        "ADMIN_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with mock_aws():
        client = s3_client(region="us-east-1", endpoint_url=None)
        client.create_bucket(Bucket=BUCKET)
        yield DriftFunction(ReportFiles(client, BUCKET))
    get_settings.cache_clear()


def body_of(reply: Any) -> Any:
    return json.loads(reply["body"])


def error_of(reply: Any) -> tuple[int, str]:
    error = body_of(reply)["error"]
    assert set(error) == {"code", "message", "details"}
    return reply["statusCode"], error["code"]


def test_drift_over_http_answers_202_and_a_report_to_ask_for(function: DriftFunction) -> None:
    reply = function.send(load_event("drift"))
    report = body_of(reply)
    assert (reply["statusCode"], report["mode"], report["status"]) == (
        202,
        "asynchronous",
        "queued",
    )
    assert (report["verdict"], report["measures"]) == (None, None)
    assert function.invoked == [{"run_id": report["report_id"]}]
    asked = function.get(f"/drift/reports/{report['report_id']}", format="json")
    assert body_of(asked)["status"] == "queued"


def test_drift_goes_on_when_the_function_gets_its_own_event(function: DriftFunction) -> None:
    _, asked = function.post({})
    done = function.send(function.invoked[0])
    assert (done["report_id"], done["status"], done["mode"]) == (
        asked["report_id"],
        "succeeded",
        "inline",
    )
    assert done["verdict"] == "drift"


def test_drift_where_nothing_can_be_invoked_answers_200_with_the_report(
    function: DriftFunction,
) -> None:
    function.can_invoke = False
    status, report = function.post({"reason": "curious"})
    assert (status, report["mode"], report["status"]) == (200, "inline", "succeeded")
    assert (report["reason"], report["verdict"]) == ("curious", "drift")
    assert report["counts"] == {"ratings": 900, "users": 90, "movies": 70, "lists": 40}


def test_drift_without_trailing_slash_is_the_same_route(function: DriftFunction) -> None:
    assert function.post({}, "/drift")[0] == 202


def test_drift_keeps_what_it_was_asked_for(function: DriftFunction) -> None:
    function.post({"since": "2024-02-01T00:00:00+01:00", "reason": "a test", "event_id": "e1"})
    report = function.the_report()
    assert report.parameters == {"since": "2024-02-01T00:00:00+01:00"}
    assert (report.reason, report.event_id) == ("a test", "e1")


def test_repeated_event_starts_nothing(function: DriftFunction) -> None:
    first, second = (function.post({"event_id": "e1"})[1] for _ in range(2))
    assert (second["report_id"], second["mode"]) == (first["report_id"], "repeated")
    assert len(function.invoked) == 1


@pytest.mark.parametrize("token", [None, "wrong"])
def test_drift_without_the_admin_token_answers_401(
    function: DriftFunction, token: str | None
) -> None:
    event = load_event("drift")
    if token is None:
        del event["headers"]["authorization"]
    else:
        event["headers"]["authorization"] = f"Bearer {token}"
    assert error_of(function.send(event)) == (401, "unauthorized")
    assert function.store.runs == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "2024-02-01T00:00:00"}, "since"),
        ({"since": "2999-01-01T00:00:00Z"}, "since: 2999-01-01T00:00:00+00:00 is not in the past"),
        ({"reason": "x" * 501}, "reason"),
        ({"window": 7}, "window"),
        ({"run_id": "one"}, "run_id"),
    ],
)
def test_drift_with_a_wrong_field_answers_422_and_names_it(
    function: DriftFunction, body: object, field: str
) -> None:
    status, reply = function.post(body)
    assert status == 422
    assert field in reply["error"]["message"]
    assert (function.store.runs, function.invoked) == ({}, [])


def test_drift_while_another_run_is_under_way_answers_409_with_its_id(
    function: DriftFunction,
) -> None:
    running = new_report(status=RunStatus.RUNNING)
    function.store.add(running)
    function.lock.is_taken = True
    status, body = function.post({})
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert body["error"]["details"]["running_run_id"] == str(running.run_id)


def test_drift_by_schedule_is_done_in_the_invocation_and_once(function: DriftFunction) -> None:
    first, second = (function.send(load_event("schedule-drift")) for _ in range(2))
    assert (first["status"], first["mode"], first["verdict"]) == ("succeeded", "inline", "drift")
    assert first["reason"] == "matinee.schedule"
    assert (second["report_id"], second["mode"]) == (first["report_id"], "repeated")
    assert function.invoked == []


def test_drift_by_direct_invoke_needs_nothing(function: DriftFunction) -> None:
    assert function.send({})["status"] == "succeeded"


def test_drift_that_fails_fails_the_invocation_and_leaves_a_row_that_says_why(
    function: DriftFunction,
) -> None:
    function.error = ArtifactNotFoundError("there is no champion: train first")
    with pytest.raises(DirectInvocationError, match="train first"):
        function.send(load_event("schedule-drift"))
    (report,) = body_of(function.get("/drift/reports"))["reports"]
    assert (report["status"], report["error"], report["verdict"]) == (
        "failed",
        "there is no champion: train first",
        None,
    )
    # Delivered again, the failure must not look like a success.
    with pytest.raises(DirectInvocationError, match="drift_failed.*train first"):
        function.send(load_event("schedule-drift"))


def test_latest_before_any_report_answers_404_and_says_what_to_do(
    function: DriftFunction,
) -> None:
    function.store.add(new_report(), new_report(status=RunStatus.FAILED, error="no"))
    reply = function.send(load_event("drift-latest"))
    assert error_of(reply) == (404, "not_found")
    assert "POST /drift/" in body_of(reply)["error"]["message"]


def test_latest_is_the_newest_report_with_a_verdict_and_the_trend_oldest_first(
    function: DriftFunction,
) -> None:
    reports = [
        finished_report(outcome_of(score), requested_at=REQUESTED_AT + timedelta(days=day))
        for day, score in ((2, 0.3), (0, 0.1), (1, None))
    ]
    function.store.add(*reports, new_report(requested_at=REQUESTED_AT + timedelta(days=3)))
    latest = body_of(function.send(load_event("drift-latest")))
    assert latest["report_id"] == str(reports[0].run_id)
    (measure,) = latest["measures"]
    assert [point["score"] for point in measure["trend"]] == [0.1, None, 0.3]
    assert measure["trend"][-1]["report_id"] == str(reports[0].run_id)
    assert set(measure["trend"][0]) == {
        "at",
        "report_id",
        "model_version",
        "value",
        "score",
        "verdict",
    }


def test_reports_are_listed_newest_first_without_trends(function: DriftFunction) -> None:
    old, failed = finished_report(), new_report(status=RunStatus.FAILED, error="no")
    function.store.add(old, failed)
    listed = body_of(function.send(load_event("drift-reports")))["reports"]
    assert [report["report_id"] for report in listed] == [str(failed.run_id), str(old.run_id)]
    assert listed[1]["measures"][0]["trend"] == []
    assert len(body_of(function.get("/drift/reports", limit=1))["reports"]) == 1


@pytest.mark.parametrize("limit", [0, 201, "all"])
def test_reports_of_a_wrong_limit_answer_422(function: DriftFunction, limit: object) -> None:
    reply = function.get("/drift/reports", limit=limit)
    assert reply["statusCode"] == 422
    assert "limit" in body_of(reply)["error"]["message"]


def made(function: DriftFunction) -> str:
    return str(function.send({})["report_id"])


def test_report_is_shown_as_its_page(function: DriftFunction) -> None:
    reply = function.get(f"/drift/reports/{made(function)}")
    assert (reply["statusCode"], reply["body"]) == (200, PAGE)
    assert reply["headers"]["content-type"] == "text/html; charset=utf-8"


def test_report_is_shown_as_json_with_the_trend_as_it_was_then(function: DriftFunction) -> None:
    report = finished_report(outcome_of(0.1))
    later = finished_report(outcome_of(0.3), requested_at=REQUESTED_AT + timedelta(days=1))
    function.store.add(report, later)
    reply = function.get(f"/drift/reports/{report.run_id}", format="json")
    assert reply["headers"]["content-type"] == "application/json"
    (measure,) = body_of(reply)["measures"]
    assert [point["score"] for point in measure["trend"]] == [0.1]


def test_page_too_large_for_a_reply_is_a_link_to_it(
    function: DriftFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = made(function)
    monkeypatch.setattr(routes, "MOST_REPLY_BYTES", len(PAGE))
    reply = function.get(f"/drift/reports/{report_id}")
    link = urllib.parse.urlsplit(reply["headers"]["location"])
    assert (reply["statusCode"], reply["body"]) == (307, "")
    assert link.path.endswith(f"/reports/{report_id}/{HTML}")
    assert "X-Amz-Signature" in urllib.parse.parse_qs(link.query)


def test_page_of_a_few_megabytes_passes_and_what_the_payload_cannot_hold_does_not(
    function: DriftFunction,
) -> None:
    passes, grows = made(function), made(function)
    function.files.save(uuid.UUID(passes), {HTML: "x" * 5_000_000})
    # Each quote takes two bytes in the JSON that carries a reply.
    function.files.save(uuid.UUID(grows), {HTML: '"' * 3_000_000})
    assert function.get(f"/drift/reports/{passes}")["statusCode"] == 200
    assert function.get(f"/drift/reports/{grows}")["statusCode"] == 307


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.FAILED])
def test_report_that_did_not_come_about_has_no_page_and_says_what_it_is(
    function: DriftFunction, status: RunStatus
) -> None:
    report = new_report(status=status)
    function.store.add(report)
    reply = function.get(f"/drift/reports/{report.run_id}")
    assert error_of(reply) == (404, "not_found")
    assert status.value in body_of(reply)["error"]["message"]
    shown = function.get(f"/drift/reports/{report.run_id}", format="json")
    assert body_of(shown)["status"] == status


def test_report_whose_file_is_gone_answers_404(function: DriftFunction) -> None:
    report = finished_report()
    function.store.add(report)
    assert error_of(function.get(f"/drift/reports/{report.run_id}")) == (404, "not_found")


def test_unknown_report_answers_404(function: DriftFunction) -> None:
    missing = "00000000-0000-0000-0000-000000000000"
    assert error_of(function.get(f"/drift/reports/{missing}")) == (404, "not_found")


def test_example_event_shows_a_report(function: DriftFunction) -> None:
    event = load_event("drift-report")
    report_id = uuid.UUID(event["pathParameters"]["report_id"])
    function.store.add(finished_report(run_id=report_id))
    function.files.save(report_id, {HTML: PAGE})
    assert function.send(event)["body"] == PAGE


def test_report_id_that_is_none_and_unknown_format_answer_422(function: DriftFunction) -> None:
    assert function.get("/drift/reports/2026-03-01")["statusCode"] == 422
    reply = function.get(f"/drift/reports/{made(function)}", format="pdf")
    assert reply["statusCode"] == 422
    assert "format" in body_of(reply)["error"]["message"]
