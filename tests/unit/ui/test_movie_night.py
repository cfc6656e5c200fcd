from __future__ import annotations

from tests.support.dashboard import Dashboard
from tests.support.fake_api import FakeApi


def test_nobody_invited_says_how_to_begin(api: FakeApi) -> None:
    page = Dashboard("movie-night")
    assert "Nobody is here yet" in page.text
    assert api.asked_for("POST", "/predict/group") == []


def test_list_shows_the_stars_of_each_person(api: FakeApi) -> None:
    page = Dashboard("movie-night", people="15,99,x")
    card = page.cards("night")[0]
    assert [(row["label"], row["text"]) for row in card["rows"]] == [
        ("User 15", "3.5 ★"),
        ("User 99", "4.0 ★"),
    ]
    assert card["predicted"]["text"] == "3.8"
    assert [row["weak"] for row in card["rows"]] == [False, True]
    assert "Nothing is known of User 99 yet" in page.text


def test_method_and_people_are_part_of_the_question(api: FakeApi) -> None:
    api.ratings[20] = {1: 3.0}
    page = Dashboard("movie-night", people="15,20")
    page.app.segmented_control(key="method").set_value("fairness")
    page.run()
    body = api.asked_for("POST", "/predict/group")[-1].body
    assert body["method"] == "fairness"
    assert [member["user_id"] for member in body["members"]] == [15, 20]
    assert "The list as a whole serves everybody" in page.text


def test_visitor_with_answers_is_invited(api: FakeApi) -> None:
    page = Dashboard("new-here")
    page.act("questions", "rate", 1, stars=4.0)
    page.open("movie-night")
    assert page.cards("night")[0]["rows"][0]["label"] == "You"
