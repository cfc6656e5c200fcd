from __future__ import annotations

import pytest

from tests.support.dashboard import Dashboard
from tests.support.fake_api import HOSTILE, FakeApi, problem
from tests.support.waiting import wait_until


def test_list_shows_position_stars_and_how_much_each_reason_weighs(api: FakeApi) -> None:
    page = Dashboard(user="15")
    card = page.cards("list")[0]
    assert (card["title"], card["position"], card["meta"]) == (
        "Toy Story",
        1,
        "1995 · Animation, Comedy",
    )
    assert card["predicted"]["text"] == "4.3"
    assert [(row["label"], row["text"]) for row in card["rows"]] == [
        ("Casino", "50%"),
        ("The Godfather", "25%"),
    ]
    assert "Model v2" in page.text


def test_reasons_that_were_not_liked_are_not_called_so(api: FakeApi) -> None:
    assert Dashboard(user="15").cards("list")[0]["rows_title"] == "Because you liked"
    api.ratings[15][16] = 1.0
    assert Dashboard(user="15").cards("list")[0]["rows_title"] == "Because you rated"


def test_reason_whose_stars_are_not_known_is_not_called_liked(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.for_you.MOST_RATED", 1)  # the user has two
    assert Dashboard(user="15").cards("list")[0]["rows_title"] == "Because you rated"


def test_everything_that_was_rated_can_be_paged_through_beyond_what_the_cards_need(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.ratings[15] = dict.fromkeys((1, 6, 16, 318, 858), 4.0)
    monkeypatch.setattr("dashboard.pages.for_you.MOST_RATED", 3)
    monkeypatch.setattr("dashboard.pages.for_you.RATED_ON_A_PAGE", 2)
    page = Dashboard(user="15")
    assert page.titles("rated") == ["The Godfather", "The Shawshank Redemption"]
    page.app.pagination(key="rated-page-15").set_value(2)
    page.run()
    assert page.titles("rated") == ["Casino", "Heat"]
    page.app.pagination(key="rated-page-15").set_value(3)
    page.run()
    assert page.titles("rated") == ["Toy Story"]
    page.act("rated", "forget", 1)
    assert page.titles("rated") == ["Casino", "Heat"]
    assert "4 ratings in all" in page.text


def test_title_from_the_api_reaches_the_page_as_text(api: FakeApi) -> None:
    page = Dashboard(user="15")
    assert HOSTILE in page.titles("list")
    page.act("list", "similar", 7000)
    assert "<script>1" not in page.text and "\\<script\\>1" in page.text


def test_rating_is_stored_and_the_next_list_is_without_it(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.act("list", "rate", 6, stars=4.5)
    assert api.ratings[15][6] == 4.5
    assert "Heat" not in page.titles("list")
    assert page.titles("rated")[0] == "Heat"
    assert page.cards("rated")[0]["stars"]["value"] == 4.5
    assert "Rated Heat: 4½ stars." in page.text
    assert "Your last rating: **Heat**." in page.text


def test_undo_takes_a_new_rating_back_and_brings_a_changed_one_back(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.act("list", "rate", 6, stars=2.0)
    page.click("undo")
    assert 6 not in api.ratings[15]
    assert "Heat" in page.titles("list")
    page.act("rated", "rate", 16, stars=1.0)
    page.click("undo")
    assert api.ratings[15][16] == 4.5
    assert [button for button in page.app.button if button.key == "undo"] == []


def test_removed_rating_is_called_so_and_can_be_brought_back(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.act("rated", "forget", 16)
    assert "You removed your rating of **Casino**." in page.text
    page.click("undo")
    assert api.ratings[15][16] == 4.5


def test_films_like_a_rated_one_are_shown(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.act("rated", "similar", 16)
    assert page.titles("similar-cards")
    assert api.asked_for("GET", "/movies/16/similar")


def test_rating_is_removed_once_also_when_somebody_else_was_faster(api: FakeApi) -> None:
    page = Dashboard(user="15")
    del api.ratings[15][16]
    page.act("rated", "forget", 16)
    assert page.errors == []
    assert page.titles("rated") == ["The Godfather"]


def test_user_without_ratings_is_told_why_films_are_popular(api: FakeApi) -> None:
    page = Dashboard(user="99")
    assert "popular films" in page.text
    assert page.cards("list")[0]["rows"] == []
    assert "Popular with everybody" in page.cards("list")[0]["note"]
    assert "No ratings yet" in page.text


@pytest.mark.parametrize(
    "entered", ["0", "-3", "abc", "1.5", "99999999999999999999", "9" * 5000, "٣"]
)
def test_what_is_no_user_gets_a_sentence_and_asks_nothing(api: FakeApi, entered: str) -> None:
    page = Dashboard(user=entered)
    assert "is not a user number" in page.text
    assert api.asked_for("POST", "/predict") == []


def test_first_visit_shows_nobodys_list_but_popular_films_and_where_to_begin(api: FakeApi) -> None:
    page = Dashboard()
    assert page.app.selectbox(key="user").value is None
    assert api.asked_for("POST", "/predict") == []
    popular = page.cards("popular")
    assert [card["title"] for card in popular[:2]] == ["Toy Story", "Heat"]
    assert [card["stars"] for card in popular] == [None] * len(popular)
    page.act("popular", "open", 6)
    assert page.app.title[0].value == "Heat"
    page.open()
    page.click("begin")
    assert page.app.title[0].value == "New here?"


def test_back_to_before_anybody_was_chosen_shows_nobodys_list(api: FakeApi) -> None:
    page = Dashboard()
    page.app.selectbox(key="user").set_value("15")
    page.run()
    assert page.titles("rated")
    page.open()
    assert "list" not in page.components() and page.titles("popular")


def test_user_stays_chosen_through_pages_where_nobody_is_chosen(api: FakeApi) -> None:
    api.ratings |= {1: {16: 3.0}, 20: {6: 4.0}}
    page = Dashboard(user="20")
    page.open("models")
    page.open()
    assert page.titles("rated") == ["Heat"]


def test_user_stays_chosen_through_the_search(api: FakeApi) -> None:
    api.ratings |= {1: {16: 3.0}, 20: {6: 4.0}}
    page = Dashboard("catalogue", movie="6", user="20")
    page.click("to-search")
    page.act("search-results", "open", 858)
    assert "User 20 would give it" in page.cards("movie")[0]["note"]


def test_back_returns_to_the_user_before(api: FakeApi) -> None:
    api.ratings |= {1: {16: 3.0}, 20: {6: 4.0}}
    page = Dashboard(user="20")
    page.open("models")
    page.open()
    page.app.selectbox(key="user").set_value("15")
    page.run()
    assert page.app.query_params["user"] == "15"
    page.open()
    assert page.titles("rated") == ["Heat"]


def test_filters_are_part_of_the_question(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.app.multiselect(key="genre").set_value(["Crime"])
    page.app.slider(key="years").set_value((1990, 1999))
    page.app.toggle(key="seen").set_value(True)
    page.run()
    body = api.asked_for("POST", "/predict")[-1].body
    assert body["genres"] == ["Crime"]
    assert (body["year_from"], body["year_to"]) == (1990, 1999)
    assert body["include_seen"] is True
    assert set(page.titles("list")) >= {"Heat", "Casino"}


def test_chosen_genre_stays_while_the_genres_are_not_known(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.app.multiselect(key="genre").set_value(["Crime"])
    page.run()
    api.replies["GET", "/model"] = problem(503, "unavailable", "slow")
    page.run()
    assert api.asked_for("POST", "/predict")[-1].body["genres"] == ["Crime"]


def test_years_at_their_ends_are_no_filter(api: FakeApi) -> None:
    Dashboard(user="15")
    assert set(api.asked_for("POST", "/predict")[-1].body) == {"user_id", "n"}


def test_list_that_fails_leaves_the_rest_of_the_page_working(api: FakeApi) -> None:
    api.replies["POST", "/predict"] = problem(503, "model_not_found", "no model was promoted")
    page = Dashboard(user="15")
    assert len(page.errors) == 1 and "Start a training on the Models page" in page.errors[0]
    assert set(page.titles("rated")) == {"Casino", "The Godfather"}


def test_ratings_that_pile_up_while_the_api_is_slow_are_each_stored_once(api: FakeApi) -> None:
    page = Dashboard(user="15")
    first, second, third = (card["id"] for card in page.cards("list")[:3])
    rates = [
        {"number": number, "do": "rate", "movie_id": movie_id, "stars": 4}
        for number, movie_id in enumerate((first, second, third), start=1)
    ]
    page.send("list", rates[:2])
    page.send("list", rates)  # sent before the page told that two are done
    assert [asked.body["movie_id"] for asked in api.asked_for("POST", "/ratings")] == [
        first,
        second,
        third,
    ]


def test_rating_that_fails_says_so_and_stays_undone(api: FakeApi) -> None:
    page = Dashboard(user="15")
    api.replies["POST", "/ratings"] = problem(503, "rating_store_unavailable", "down")
    page.act("list", "rate", 6, stars=4.0)
    assert len(page.errors) == 1 and "The database does not answer" in page.errors[0]
    (toast,) = page.app.toast  # it is seen wherever the page is scrolled to
    assert toast.value == page.errors[0]
    assert "Heat" in page.titles("list")


def test_nothing_left_says_what_would_help(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.app.multiselect(key="genre").set_value(["Sci-Fi"])
    page.run()
    page.act("list", "rate", 2571, stars=3.0)
    assert "Take a filter away" in page.text


def test_opening_a_film_leads_to_its_page_and_counts_as_a_click(api: FakeApi) -> None:
    page = Dashboard(user="15")
    page.act("list", "open", 6)
    assert page.app.title[0].value == "Heat"
    assert page.app.query_params["movie"] == "6"
    wait_until(lambda: api.asked_for("POST", "/feedback"))
    assert api.asked_for("POST", "/feedback")[0].body["action"] == "click"


def test_api_that_cannot_be_reached_is_a_sentence_in_both_languages(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.unit.ui.conftest import fresh

    monkeypatch.setenv("API_URL", "http://127.0.0.1:1")
    fresh()
    page = Dashboard(user="15")
    assert all("cannot be reached" in error for error in page.errors) and page.errors
    assert "API down" in page.text
    assert "est injoignable" in Dashboard(user="15", language="fr-FR").errors[0]
