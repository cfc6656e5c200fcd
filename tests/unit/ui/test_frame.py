from __future__ import annotations

import threading

import pytest

from dashboard import wording
from dashboard.wording import LANGUAGES
from matinee import errors
from tests.support.dashboard import Dashboard
from tests.support.fake_api import FakeApi, problem
from tests.unit.ui.conftest import fresh


def test_setting_that_cannot_be_used_is_named_on_the_page(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_URL", "localhost:8080")
    fresh()
    assert "API\\_URL is" in Dashboard().errors[0]


def test_password_in_the_address_of_the_api_is_not_shown(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_URL", "http://user:secret-word@127.0.0.1:1")
    fresh()
    page = Dashboard(user="15")
    assert page.errors and "secret-word" not in page.text


@pytest.mark.parametrize(
    ("readiness", "said"),
    [
        ({"ready": True, "model": "ok", "database": "ok"}, "Everything is up"),
        ({"ready": False, "model": "none", "database": "ok"}, "No model yet"),
        ({"ready": False, "model": "ok", "database": "down"}, "Database down"),
    ],
)
def test_menu_says_whether_everything_is_up(
    api: FakeApi, readiness: dict[str, object], said: str
) -> None:
    api.replies["GET", "/ready"] = (200 if readiness["ready"] else 503, readiness)
    assert said in Dashboard(user="15").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_of_the_api_has_a_text_that_says_what_to_do(language: str) -> None:
    texts = wording.catalogue(language)
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, errors.MatineeError)}
    assert len(codes) > 20
    for code in codes:
        text = texts[f"errors.{code}"]
        # The API's own words never come last: what to do does.
        assert len(text.rpartition("{said}")[2].split()) > 2, code


@pytest.mark.parametrize("code", ["conflict", "model_damaged", "a_code_of_the_future"])
@pytest.mark.parametrize(
    ("language", "words"),
    [("en-US", "Details: “{}”."), ("fr-FR", "Détails, en anglais : « {} ».")],
    ids=LANGUAGES,
)
def test_every_error_is_a_sentence_with_the_apis_words_escaped_and_marked(
    api: FakeApi, code: str, language: str, words: str
) -> None:
    api.replies["POST", "/predict"] = problem(503, code, "<b>*why*</b>")
    (sentence,) = Dashboard(user="15", language=language).errors
    assert words.format("\\<b\\>\\*why\\*\\</b\\>") in sentence


def test_slow_answer_is_told_apart_from_none(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TIMEOUT_SECONDS", "0.3")
    fresh()
    api.holds["POST", "/predict"] = threading.Event()
    page = Dashboard(user="15")
    assert "takes too long to answer" in page.errors[0]
    assert page.titles("rated")
