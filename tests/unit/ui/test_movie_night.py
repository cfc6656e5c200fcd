from __future__ import annotations

from tests.support.dashboard import Dashboard
from tests.support.fake_api import FakeApi


def guest(page: Dashboard, name: str) -> None:
    """Rate a film as a newcomer, and take it to the movie night."""
    page.open("new-here")
    page.act("questions", "rate", 1, stars=4.0)
    page.app.text_input(key="guest-name").set_value(name)
    page.click_form("guest")


def people(page: Dashboard) -> list[str]:
    """Return who has a say in the list."""
    return [row["label"] for row in page.cards("night")[0]["rows"]]


def invite(page: Dashboard, *who: str) -> None:
    page.app.multiselect(key="people").set_value(list(who))
    page.run()


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
    assert "“x” is not a user number" in page.text


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


def test_every_guest_is_invited_and_may_be_called_off(api: FakeApi) -> None:
    page = Dashboard("movie-night", people="15")
    guest(page, "Ada")
    guest(page, "Bob-Lee")
    assert people(page) == ["Ada", "Bob-Lee", "User 15"]
    assert "Bob-Lee · 1 rating" in page.app.multiselect(key="people").options
    invite(page, "guest:Bob-Lee", "15")
    page.open("models")
    page.open("movie-night")
    assert people(page) == ["Bob-Lee", "User 15"]


def test_visitor_whose_ratings_left_with_a_guest_is_no_participant(api: FakeApi) -> None:
    page = Dashboard("new-here")
    page.act("questions", "rate", 1, stars=4.0)
    page.open("movie-night")
    assert people(page) == ["You"]
    guest(page, "Ada")
    assert people(page) == ["Ada"]


def test_visitor_who_starts_over_is_no_participant(api: FakeApi) -> None:
    page = Dashboard("new-here")
    page.act("questions", "rate", 1, stars=4.0)
    page.open("movie-night")
    page.open("new-here")
    page.click("again")
    page.open("movie-night", people="15")
    assert people(page) == ["User 15"]
    assert page.errors == []


def test_user_beyond_the_list_stays_when_another_one_is_added(api: FakeApi) -> None:
    page = Dashboard("movie-night", people="99")
    invite(page, "99", "15")
    assert people(page) == ["User 99", "User 15"]


def test_back_returns_to_the_people_before_and_the_menu_keeps_them(api: FakeApi) -> None:
    api.ratings[20] = {1: 3.0}
    page = Dashboard("movie-night", people="15")
    invite(page, "15", "20")
    assert page.app.query_params["people"] == "15,20"
    page.open("movie-night", people="15")
    assert people(page) == ["User 15"]
    page.open("catalogue")
    page.open("movie-night")
    assert people(page) == ["User 15"]


def test_number_written_in_two_ways_is_one_user(api: FakeApi) -> None:
    assert people(Dashboard("movie-night", people="15,015, 20")) == ["User 15", "User 20"]


def test_link_with_more_people_than_a_list_takes_invites_the_first(api: FakeApi) -> None:
    page = Dashboard("movie-night", people=",".join(map(str, range(1, 30))))
    assert len(people(page)) == 20
