from __future__ import annotations

import ast
import string

import pytest

from dashboard import wording
from dashboard.escaping import html_text, plain
from dashboard.wording import catalogue, natural_title, preferred
from tests.support.dashboard import Dashboard
from tests.support.fake_api import FakeApi
from tests.support.source import DASHBOARD, python_files, syntax_tree

# Called with a text key as the first argument; those of `tn` and `tstars` have two forms.
FORMS = ("_one", "_many")
SPEAKERS = {"t": ("",), "tn": FORMS, "tstars": FORMS, "has": ("",)}


def used() -> tuple[set[str], set[str]]:
    """Return the keys that the code names, and the beginnings of those that it puts together."""
    whole, beginnings = set(), set()
    for path in python_files(DASHBOARD):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return whole, beginnings


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things_with_the_same_words_filled_in() -> None:
    english, french = catalogue("en"), catalogue("fr")
    genres = {key for key in french if key.startswith("genres.")}
    assert set(english) - set(french) == set()
    assert set(french) - set(english) <= genres
    differing = {key for key in english if placeholders(english[key]) != placeholders(french[key])}
    assert {key for key in differing if not key.startswith("genres.")} == set()


def test_every_text_that_the_code_names_exists() -> None:
    for path in python_files(DASHBOARD):
        for node in ast.walk(syntax_tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in SPEAKERS and isinstance(node.args[0], ast.Constant):
                for ending in SPEAKERS[node.func.id]:
                    assert f"{node.args[0].value}{ending}" in catalogue("en"), path.name


def test_no_text_is_left_over() -> None:
    whole, beginnings = used()
    left_over = {
        key
        for key in catalogue("en")
        if key not in whole
        and key.rpartition("_")[0] not in whole
        and not any(key.startswith(start) for start in beginnings if "." in start)
    }
    assert left_over == set()


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE, fr;q=0.5, en;q=0.7", "en"),
        ("de", "en"),
        ("", "en"),
        ("fr;q=broken", "fr"),
        ("*", "en"),
    ],
)
def test_language_is_the_one_of_ours_that_the_browser_likes_best(
    accepted: str, expected: str
) -> None:
    assert preferred(accepted) == expected


def test_language_comes_from_the_browser_a_link_or_the_switch(api: FakeApi) -> None:
    assert Dashboard(language="fr-FR").app.title[0].value == "Pour vous"
    page = Dashboard(language="fr-FR", lang="en")
    assert page.app.title[0].value == "For you"
    page.app.segmented_control(key="lang").set_value("fr")
    page.run()
    assert page.app.title[0].value == "Pour vous"
    page.open("catalogue")
    assert "Tous les films" in page.text


def test_numbers_are_written_as_each_language_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "language", lambda: "fr")
    assert wording.decimal(12_345.678, 2) == "12\u202f345,68"
    assert wording.percent(0.314, 1) == "31,4\u202f%"
    monkeypatch.setattr(wording, "language", lambda: "en")
    assert wording.decimal(12_345.678, 2) == "12,345.68"
    assert [wording.stars(value) for value in (0.5, 4.0, 4.5)] == ["½", "4", "4½"]
    assert [wording.duration(value) for value in (0.0123, 2.34, 61)] == [
        "12 ms",
        "2.3 s",
        "1 min 1 s",
    ]


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en", 0.5, "½ of 5 stars"),
        ("en", 1, "1 of 5 stars"),
        ("fr", 0.5, "½ étoile sur 5"),
        ("fr", 1.5, "1½ étoile sur 5"),
        ("fr", 2, "2 étoiles sur 5"),
    ],
)
def test_stars_are_one_or_many(
    monkeypatch: pytest.MonkeyPatch, language: str, amount: float, said: str
) -> None:
    monkeypatch.setattr(wording, "language", lambda: language)
    assert wording.tstars("stars.given", amount, stars=wording.stars(amount)) == said


@pytest.mark.parametrize(
    ("filed", "said"),
    [
        ("Matrix, The", "The Matrix"),
        ("Godfather: Part II, The", "The Godfather: Part II"),
        ("Avventura, L' (Adventure, The)", "L'Avventura (The Adventure)"),
        ("Me, Myself & Irene", "Me, Myself & Irene"),
        ("Theatre, Theory", "Theatre, Theory"),
        ("", ""),
    ],
)
def test_title_is_said_with_its_article_first(filed: str, said: str) -> None:
    assert natural_title(filed) == said


@pytest.mark.parametrize(
    "text", ["**b**", "<b>", "$x$", ":red[x]", "[a](b)", "# h", "1. a", "a\n\nb", "`c`", "~~s~~"]
)
def test_markup_loses_its_meaning(text: str) -> None:
    escaped = plain(text)
    assert "\n" not in escaped
    assert all(f"\\{character}" in escaped for character in text if character in "*<$[#`~:")


def test_html_is_text_also_inside_an_attribute() -> None:
    assert html_text("\"><script>'") == "&quot;&gt;&lt;script&gt;&#x27;"
