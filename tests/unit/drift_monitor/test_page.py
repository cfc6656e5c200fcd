"""The page: in plain words, with trends, and nothing in it that a stranger could have written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from drift_monitor.page import report_page
from drift_monitor.report import compare_columns
from drift_monitor.schemas import ReportView
from matinee.stores.drift_reports import DriftReport
from tests.support.drift_runs import OUTCOME, RATING_MEASURE, finished_report, outcome_of
from tests.support.runs import REQUESTED_AT

HOSTILE = "<script>alert('1')</script>"
EVIDENTLY = "<html><head></head><body>\n<div id='evidently'></div></body></html>"


def page(report: DriftReport, *earlier: DriftReport, evidently: str | None = EVIDENTLY) -> str:
    return report_page(ReportView.of(report, [*earlier, report]), evidently)


def earlier(days: int, score: float | None) -> DriftReport:
    asked = REQUESTED_AT - timedelta(days=days)
    return finished_report(outcome_of(score), requested_at=asked)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("drift", "Drift was found"),
        ("no_drift", "No drift was found"),
        ("not_enough_data", "Not enough data to tell"),
    ],
)
def test_page_says_the_verdict_the_window_and_the_model(verdict: str, words: str) -> None:
    text = page(finished_report(replace(OUTCOME, verdict=verdict)))
    assert words in text
    assert "2024-01-30 00:00 to 2024-02-29 00:00 UTC" in text
    assert "ratings 900, users 90, lists 40" in text
    assert OUTCOME.model_version in text


def test_page_explains_every_measure_and_whether_a_training_was_started() -> None:
    text = page(finished_report())
    assert RATING_MEASURE["explanation"] in text
    assert "<td class='figure'>0.340</td><td class='figure'>0.2</td>" in text
    assert "Training was started</b>: drift: rating 0.340 &gt; 0.2" in text
    refused = {"requested": False, "reason": "the verdict is not drift", "event_id": None}
    text = page(finished_report(training=refused))
    assert "Training was not started</b>: the verdict is not drift" in text


def test_page_is_put_on_top_of_evidentlys() -> None:
    text = page(finished_report())
    assert text.index("<body>") < text.index("Drift was found") < text.index("id='evidently'")
    assert text.count("<html") == 1


def test_page_is_put_into_the_page_that_evidently_really_writes() -> None:
    column = {"rating": np.array(["3", "4"] * 20)}
    text = page(finished_report(), evidently=compare_columns(column, column, {"rating": 0.2}).html)
    assert text.index("<body>") < text.index("Drift was found") < text.index("</body>")


def test_page_without_evidently_is_whole() -> None:
    text = page(finished_report(), evidently=None)
    assert text.startswith("<!DOCTYPE html>") and text.endswith("</html>")
    assert "Drift was found" in text


def test_page_escapes_whatever_came_from_outside() -> None:
    measure = RATING_MEASURE | {"name": HOSTILE, "explanation": HOSTILE}
    hostile = replace(
        OUTCOME,
        model_version=HOSTILE,
        summary=HOSTILE,
        measures=[measure],
        training={"requested": True, "reason": HOSTILE, "event_id": HOSTILE},
    )
    reports = [finished_report(hostile, reason=HOSTILE, event_id=HOSTILE) for _ in range(3)]
    text = page(reports[0], *reports[1:])
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_measure_with_a_past_has_a_line_from_its_oldest_score_to_this_one() -> None:
    text = page(finished_report(outcome_of(0.4)), earlier(1, 0.2), earlier(2, 0.1))
    assert "aria-label='3 past scores of rating'" in text
    heights = [
        float(point.split(",")[1])
        for point in text.partition("points='")[2].partition("'")[0].split()
    ]
    assert heights == sorted(heights, reverse=True)  # higher scores are further up
    assert all(0 <= height <= 28 for height in heights)


@pytest.mark.parametrize("score", [None, 0.0])
def test_trend_leaves_out_reports_that_had_no_score(score: float | None) -> None:
    text = page(finished_report(outcome_of(0.4)), earlier(1, score))
    assert ("<svg" in text) == (score is not None)


def test_measure_without_a_past_or_a_score_has_no_line() -> None:
    text = page(finished_report(outcome_of(None)))
    assert "<svg" not in text
    assert "<td class='figure'></td>" in text
