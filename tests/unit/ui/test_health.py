from __future__ import annotations

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
    assert "Dans 1 mesure sur 2 : Nouveaux utilisateurs." in text
    assert "4, c&#x27;est trop peu ; il en faut 50." in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"n": 312, "explanation": "nobody rated twice"},
            'Pas de résultat. <q lang="en">nobody rated twice</q>',
        ),
        (
            {"name": "of_the_future", "score": 0.1, "n": 312, "explanation": "it grew"},
            '<q lang="en">it grew</q>',
        ),
        (
            {"score": 0.3, "n": 312, "verdict": "ok"},
            "La répartition des étoiles diffère d&#x27;un PSI de 0,300. C&#x27;est au-dessus du "
            "seuil, mais si peu d&#x27;utilisateurs peuvent le dépasser par hasard.",
        ),
    ],
    ids=["no score", "unknown measure", "chance"],
)
def test_french_tells_too_few_from_other_reasons(
    api: FakeApi, changes: dict[str, object], said: str
) -> None:
    api.report = finished_report()
    api.report["measures"][1] |= changes
    text = Dashboard("health", language="fr-FR").text
    assert f"<td>{said}</td>" in text
    assert "trop peu ;" not in text


def test_french_marks_why_no_training_was_asked_for(api: FakeApi) -> None:
    api.report = finished_report()
    api.report["training"] |= {"requested": False, "reason": "asked already"}
    text = Dashboard("health", language="fr-FR").text
    assert "Aucun entraînement n&#x27;a été demandé." in text
    assert '<q lang="en">asked already</q>' in text


def test_report_is_shown_in_a_frame_that_cannot_reach_the_page(api: FakeApi) -> None:
    api.report = finished_report()
    page = Dashboard("health")
    page.app.toggle(key="show-report").set_value(True)
    page.run()
    (frame,) = page.app.get("iframe")
    assert 'sandbox="allow-scripts"' in frame.proto.srcdoc
    assert "&lt;h1&gt;Evidently&lt;/h1&gt;" in frame.proto.srcdoc
    assert api.asked_for("GET", f"/drift/reports/{REPORT_ID}")[0].query == {"format": "html"}


def test_requests_are_shown_for_the_window_that_was_chosen(api: FakeApi) -> None:
    page = Dashboard("health")
    metrics = {metric.label: metric.value for metric in page.app.metric}
    assert metrics == {
        "Lists": "192",
        "Median": "12 ms",
        "95th percentile": "40 ms",
        "Fallbacks": "25.0%",
        "Environment starts": "24",  # of which the API lists the newest ones only
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
