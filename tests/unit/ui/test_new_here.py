from __future__ import annotations

from tests.support.dashboard import Dashboard
from tests.support.fake_api import FakeApi, problem


def rated(api: FakeApi) -> Dashboard:
    page = Dashboard("new-here")
    page.act("questions", "rate", 1, stars=4.0)
    return page


def test_visitor_is_asked_about_films_and_sees_no_list_yet(api: FakeApi) -> None:
    page = Dashboard("new-here")
    assert page.titles("questions") == ["Toy Story", "Heat", "Casino"]
    assert "found" not in page.components()
    assert "40 people rated it" in page.cards("questions")[0]["note"]


def test_each_answer_brings_another_question_and_a_sharper_list(api: FakeApi) -> None:
    page = rated(api)
    assert page.titles("questions") == ["Heat", "Casino", "The Shawshank Redemption"]
    assert [row["label"] for row in page.cards("found")[0]["rows"]] == ["Toy Story"]
    page.act("questions", "rate", 6, stars=1.5)
    asked = api.asked_for("POST", "/predict/from-ratings")[-1].body
    assert asked["ratings"] == [{"movie_id": 1, "rating": 4.0}, {"movie_id": 6, "rating": 1.5}]
    assert [row["label"] for row in page.cards("found")[0]["rows"]] == ["Toy Story", "Heat"]


def test_film_that_was_not_seen_is_not_asked_about_again_and_counts_for_nothing(
    api: FakeApi,
) -> None:
    page = Dashboard("new-here")
    page.act("questions", "skip", 1)
    assert "Toy Story" not in page.titles("questions")
    assert api.asked_for("POST", "/movies/to-rate")[-1].body["asked"] == [1]
    page.click("others")
    assert page.titles("questions") == ["The Godfather", "The Matrix", page.titles("questions")[2]]
    assert "found" not in page.components()


def test_nothing_is_stored_until_the_visitor_saves_and_then_once(api: FakeApi) -> None:
    page = rated(api)
    assert set(api.ratings) == {15}
    page.click("save")
    assert api.ratings[701] == {1: 4.0}
    assert page.app.title[0].value == "For you"
    assert page.titles("rated") == ["Toy Story"]
    assert "you are user 701" in page.text


def test_page_begins_again_after_saving_and_says_so(api: FakeApi) -> None:
    page = rated(api)
    page.click("save")
    page.open("new-here")
    assert "you are user 701" in page.text and "a new visitor's" in page.text
    assert "answers" not in page.components()
    page.act("questions", "rate", 6, stars=2.0)
    page.click("save")
    assert (api.ratings[701], api.ratings[702]) == ({1: 4.0}, {6: 2.0})


def test_visitor_who_cannot_be_saved_keeps_the_answers(api: FakeApi) -> None:
    page = rated(api)
    api.replies["POST", "/users"] = problem(503, "rating_store_unavailable", "down")
    page.click("save")
    assert "The database does not answer" in page.errors[0]
    assert page.titles("answers") == ["Toy Story"]


def test_answer_can_be_changed_and_taken_back(api: FakeApi) -> None:
    page = rated(api)
    page.act("answers", "rate", 1, stars=2.0)
    assert page.cards("answers")[0]["stars"]["value"] == 2.0
    page.act("answers", "forget", 1)
    assert "answers" not in page.components()


def test_film_can_be_searched_and_rated(api: FakeApi) -> None:
    page = Dashboard("new-here")
    page.app.text_input(key="find").set_value("matrix")
    page.run()
    page.act("find-results", "rate", 2571, stars=5.0)
    assert page.titles("answers") == ["The Matrix"]


def test_popular_films_can_be_browsed_by_genre_and_rated(api: FakeApi) -> None:
    page = Dashboard("new-here")
    assert page.titles("find-results")[:2] == ["Toy Story", "Heat"]
    page.app.selectbox(key="find-genre").set_value("Sci-Fi")
    page.run()
    assert page.titles("find-results") == ["The Matrix"]
    page.act("find-results", "rate", 2571, stars=5.0)
    assert page.titles("answers") == ["The Matrix"]


def test_guest_takes_the_answers_to_movie_night_and_the_next_one_can_begin(api: FakeApi) -> None:
    page = rated(api)
    page.app.text_input(key="guest-name").set_value("Ada *")
    page.click_form("guest")
    assert page.app.title[0].value == "Movie night"
    body = api.asked_for("POST", "/predict/group")[-1].body
    assert body["members"] == [{"name": "Ada *", "ratings": [{"movie_id": 1, "rating": 4.0}]}]
    page.open("new-here")
    assert "answers" not in page.components()
