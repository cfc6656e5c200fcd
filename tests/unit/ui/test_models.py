from __future__ import annotations

import pytest

from tests.support.dashboard import Dashboard
from tests.support.fake_api import TOKEN, FakeApi
from tests.support.fake_operations import training_run
from tests.unit.ui.conftest import fresh


def table(page: Dashboard, caption: str) -> str:
    """Return a table as HTML."""
    (found,) = [
        str(element.value)
        for element in page.app.get("html")
        if f"<caption>{caption}</caption>" in str(element.value)
    ]
    return found


def test_champion_is_described_in_words_and_numbers(api: FakeApi) -> None:
    page = Dashboard("models")
    assert "2.1 times as well as popularity" in page.text
    assert "17.0 times as well as sorting by predicted stars" in page.text
    metrics = {metric.label: metric.value for metric in page.app.metric}
    assert metrics["NDCG@10"] == "0.170"
    assert metrics["Ratings"] == "100,004"


def test_champion_tells_what_it_was_made_with(api: FakeApi) -> None:
    page = Dashboard("models")
    assert "Made with SVD and SLIST" in [expander.label for expander in page.app.expander]
    made_with = table(page, "Made with SVD and SLIST")
    assert "<td>SVD.n_factors</td><td>50</td>" in made_with
    assert "<td>SLIST.half_life</td><td>10.0</td>" in made_with
    assert "<td>Data fingerprint</td><td>feedbeeffeed</td>" in made_with


def test_no_model_yet_offers_the_first_training(api: FakeApi) -> None:
    api.has_model = False
    page = Dashboard("models")
    assert "Train the first one below" in page.text
    assert page.app.get("form")
    assert page.errors == []
    assert "No model yet" in page.text


def test_comparison_says_what_is_better_and_what_differs(api: FakeApi) -> None:
    page = Dashboard("models")
    assert "−0.0050 worse" in page.text and "−0.0050 better" in page.text
    made_with = table(page, "What they were made with")
    strong = '<span class="strong">{}</span>'.format
    values = [strong("50"), strong("51"), strong("differs")]
    assert f"<td>SVD.n_factors</td><td>{'</td><td>'.join(values)}</td>" in made_with
    same = '<td>10.0</td><td>10.0</td><td><span class="soft">=</span></td>'
    assert f"<td>SLIST.half_life</td>{same}" in made_with


def test_runs_link_to_mlflow_where_there_is_one(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "#/runs/" not in Dashboard("models").text
    monkeypatch.setenv("MLFLOW_URL", "http://mlflow:5000/")
    fresh()
    assert 'href="http://mlflow:5000/#/runs/abc123"' in Dashboard("models").text


def train(page: Dashboard, token: str) -> None:
    page.app.text_input(key="train-token-0").set_value(token)
    page.click_form("train")


def test_training_starts_and_is_watched_until_it_ends(api: FakeApi) -> None:
    page = Dashboard("models")
    train(page, TOKEN)
    asked = api.asked_for("POST", "/train")[0]
    assert asked.token == TOKEN
    assert asked.body["reason"] == "started on the dashboard"
    assert "learning what goes with what" in page.app.get("progress")[0].proto.text
    api.run = training_run(status="succeeded", promoted=True, decision="the first model")
    page.run()
    assert "its model serves now" in page.text


def test_training_that_fails_says_why(api: FakeApi) -> None:
    page = Dashboard("models")
    train(page, TOKEN)
    api.run = training_run(status="failed", error="too *few* ratings")
    page.run()
    assert "ended without a model. Details: “too \\*few\\* ratings”." in page.text


def test_french_says_itself_whether_a_version_serves_and_marks_the_apis_words(
    api: FakeApi,
) -> None:
    api.versions = ("v2",)
    page = Dashboard("models", language="fr-FR")
    assert '<span class="soft">promue</span> <q lang="en">the first model</q>' in page.text
    train(page, TOKEN)
    api.run = training_run(status="succeeded", promoted=False, decision="RMSE is above")
    page.run()
    (toast,) = page.app.toast
    assert toast.value == (
        "L'entraînement est fini, mais son modèle n'est pas en service. "
        "Détails, en anglais : « RMSE is above ». Il peut tout de même être promu ci-dessous."
    )
    assert '<span class="soft">pas promue</span> <q lang="en">RMSE is above</q>' in page.text


def test_token_is_kept_nowhere_after_its_action(api: FakeApi) -> None:
    page = Dashboard("models")
    train(page, "wrong-token")
    assert "The admin token is missing or wrong" in page.errors[0]
    kept = page.app.session_state._state
    assert "wrong-token" not in str(kept.filtered_state)
    assert "wrong-token" not in str(page.app.session_state["_matinee"])
    assert page.app.text_input(key="train-token-1").value == ""


def test_training_without_a_token_asks_for_it_and_sends_nothing(api: FakeApi) -> None:
    page = Dashboard("models")
    train(page, "")
    assert "Paste the admin token first" in page.text
    assert api.asked_for("POST", "/train") == []


def test_admin_actions_are_left_out_where_the_setting_says_so(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_ADMIN", "false")
    fresh()
    page = Dashboard("models")
    assert {button.key for button in page.app.button} == set()
    assert list(page.app.text_input) == []
