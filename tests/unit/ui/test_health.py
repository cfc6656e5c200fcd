from __future__ import annotations

import base64

import pytest

from tests.support.dashboard import Dashboard
from tests.support.fake_api import REPORT_ID, FakeApi, problem
from tests.support.fake_operations import finished_report


def test_drift_that_was_never_measured_says_what_it_would_do(api: FakeApi) -> None:
    page = Dashboard("health")
    assert "Drift was never measured" in page.text
    assert page.errors == []


def test_verdict_is_told_in_words_with_its_window_and_training(api: FakeApi) -> None:
    api.report = finished_report()
    text = Dashboard("health").text
    assert "In 1 of 2 measures: New users." in text
    assert "31.0% of the ratings are by new users" in text
    assert "A training was asked for." in text
    assert "22 Feb 2026, 12:00 to 1 Mar 2026, 12:00" in text
    assert "4 ratings are too few; it takes 50." in text


def test_verdict_is_told_in_french(api: FakeApi) -> None:
    api.report = finished_report()
    text = Dashboard("health", language="fr-FR").text
    assert "31,0\u202f% des notes viennent de nouveaux utilisateurs" in text
    assert "4, c&#x27;est trop peu ; il en faut 50." in text


def test_report_is_shown_in_a_frame_that_cannot_reach_the_page(api: FakeApi) -> None:
    api.report = finished_report()
    page = Dashboard("health")
    page.app.toggle(key="show-report").set_value(True)
    page.run()
    (frame,) = page.app.get("iframe")
    kind, _, content = frame.proto.src.partition(",")
    assert kind == "data:text/html;charset=utf-8;base64"
    assert "<h1>Evidently</h1>" in base64.b64decode(content).decode()
    assert api.asked_for("GET", f"/drift/reports/{REPORT_ID}")[0].query == {"format": "html"}


def test_requests_are_shown_for_the_window_that_was_chosen(api: FakeApi) -> None:
    page = Dashboard("health")
    metrics = {metric.label: metric.value for metric in page.app.metric}
    assert metrics == {
        "Lists": "192",
        "Median": "12 ms",
        "95th percentile": "40 ms",
        "Fallbacks": "25.0%",
        "Environment starts": "1",
    }
    page.app.segmented_control(key="window").set_value("week")
    page.run()
    assert float(api.asked_for("GET", "/activity")[-1].query["hours"]) == 24 * 7


@pytest.mark.parametrize(
    ("path", "still_there"), [("/drift/reports", "Lists"), ("/activity", "Drift was never")]
)
def test_one_part_that_fails_leaves_the_other(api: FakeApi, path: str, still_there: str) -> None:
    api.replies["GET", path] = problem(503, "rating_store_unavailable", "down")
    page = Dashboard("health")
    assert len(page.errors) == 1
    assert still_there in page.text + " ".join(metric.label for metric in page.app.metric)
