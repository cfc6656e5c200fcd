from __future__ import annotations

import pytest

from dashboard.wording import natural_title
from tests.support.dashboard import Dashboard
from tests.support.fake_api import HOSTILE, TITLES, FakeApi, problem
from tests.unit.ui.conftest import fresh


def test_search_finds_by_words_and_genre(api: FakeApi) -> None:
    page = Dashboard("catalogue", q="the")
    assert page.titles("search-results") == [
        "The Shawshank Redemption",
        "The Godfather",
        "The Matrix",
    ]
    page.app.selectbox(key="search-genre").set_value("Sci-Fi")
    page.run()
    assert page.titles("search-results") == ["The Matrix"]
    assert "1 film" in page.text


def test_chosen_genre_stays_while_the_genres_are_not_known(api: FakeApi) -> None:
    page = Dashboard("catalogue")
    page.app.selectbox(key="search-genre").set_value("Sci-Fi")
    page.run()
    api.replies["GET", "/model"] = problem(503, "unavailable", "slow")
    page.run()
    assert page.titles("search-results") == ["The Matrix"]


def test_pages_are_turned_and_a_new_search_begins_at_the_first(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.search.ON_A_PAGE", 3)
    page = Dashboard("catalogue")
    page.app.pagination(key="page").set_value(2)
    page.run()
    assert api.asked_for("GET", "/movies")[-1].query["offset"] == "3"
    assert len(page.titles("search-results")) == 3
    page.app.text_input(key="q").set_value("a")
    page.run()
    assert api.asked_for("GET", "/movies")[-1].query["offset"] == "0"


@pytest.mark.parametrize(
    ("named", "page"), [("2", 2), ("3", 3), ("99", 3), ("9" * 18, 3), ("0", 1), ("x", 1)]
)
def test_link_to_a_page_shows_the_films_of_that_page(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch, named: str, page: int
) -> None:
    monkeypatch.setattr("dashboard.pages.search.ON_A_PAGE", 3)
    found = Dashboard("catalogue", page=named)
    assert found.app.pagination(key="page").value == page
    titles = [natural_title(title) for title, _, _ in TITLES.values()]
    assert found.titles("search-results") == titles[3 * (page - 1) : 3 * page]


def test_search_without_a_find_says_what_to_try(api: FakeApi) -> None:
    assert "Try fewer words" in Dashboard("catalogue", q="zzz").text


def test_copy_of_the_catalogue_is_called_one(api: FakeApi) -> None:
    page = {"total": 0, "limit": 24, "offset": 0, "source": "model", "items": []}
    api.replies["GET", "/movies"] = (200, page)
    assert "the model's own copy" in Dashboard("catalogue").text


def test_film_page_shows_ratings_prediction_and_similar_films(api: FakeApi) -> None:
    page = Dashboard("catalogue", movie="6", user="15")
    assert page.app.title[0].value == "Heat"
    assert "55 ratings, 3.50 stars on average" in page.text
    assert "User 15 would give it 3.8 stars" in page.cards("movie")[0]["note"]
    assert page.titles("movie-similar")[0] == "Casino"
    page.act("movie", "rate", 6, stars=3.0)
    assert api.ratings[15][6] == 3.0
    assert page.cards("movie")[0]["stars"]["value"] == 3.0


def test_film_page_says_what_anybody_would_give_for_an_unknown_user(api: FakeApi) -> None:
    page = Dashboard("catalogue", movie="6", user="99")
    assert "Nothing is known of user 99 yet" in page.cards("movie")[0]["note"]


def test_film_newer_than_the_model_is_shown_without_a_prediction(api: FakeApi) -> None:
    api.replies["GET", r"/predict/\d+/\d+"] = problem(404, "unknown_movie", "x")
    card = Dashboard("catalogue", movie="6", user="15").cards("movie")[0]
    assert card["predicted"] is None
    assert "newer than the last training" in card["note"]


def test_film_page_knows_the_users_own_stars_and_brings_them_back(api: FakeApi) -> None:
    page = Dashboard("catalogue", movie="16", user="15")
    assert page.cards("movie")[0]["stars"]["value"] == 4.5
    page.act("movie", "rate", 16, stars=1.0)
    page.click("undo")
    assert api.ratings[15][16] == 4.5


@pytest.mark.parametrize("query", [{}, {"user": "abc"}], ids=["nobody", "no user"])
def test_film_page_shows_the_film_while_nobody_is_chosen(
    api: FakeApi, query: dict[str, str]
) -> None:
    card = Dashboard("catalogue", movie="6", **query).cards("movie")[0]
    assert (card["title"], card["stars"]) == ("Heat", None)
    assert "Choose a user" in card["note"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (r"/users/\d+/ratings/\d+", "rating_store_unavailable"),
        (r"/predict/\d+/\d+", "model_not_found"),
    ],
    ids=["no database", "no model"],
)
def test_film_page_draws_the_film_without_what_is_missing(
    api: FakeApi, path: str, code: str
) -> None:
    api.replies["GET", path] = problem(503, code, "down")
    page = Dashboard("catalogue", movie="16", user="15")
    assert len(page.errors) == 1
    page.act("movie", "rate", 16, stars=2.0)
    assert api.ratings[15][16] == 2.0


def test_click_on_what_the_page_no_longer_offers_does_nothing(api: FakeApi) -> None:
    page = Dashboard("catalogue", movie="6")
    page.act("movie", "rate", 6, stars=4)  # of a user who is no longer chosen
    assert api.asked_for("POST", "/ratings") == []


def test_title_with_markup_is_escaped_in_the_heading(api: FakeApi) -> None:
    page = Dashboard("catalogue", movie="7000", user="15")
    heading = page.app.title[0].value
    assert heading != HOSTILE and heading.replace("\\", "") == HOSTILE
    assert all(f"\\{character}" in heading for character in "<*$[:")


@pytest.mark.parametrize("movie", ["", "x", "-1", "0", "9" * 30, "9" * 5000])
def test_address_that_names_no_film_shows_the_search(api: FakeApi, movie: str) -> None:
    assert len(Dashboard("catalogue", movie=movie).titles("search-results")) == len(TITLES)


def test_film_that_does_not_exist_is_a_sentence(api: FakeApi) -> None:
    assert "there is no movie 12345" in Dashboard("catalogue", movie="12345").errors[0].replace(
        "\\", ""
    )


def test_links_to_other_sites_are_only_there_when_asked_for(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Dashboard("catalogue", movie="6", user="15").cards("movie")[0]["links"] == []
    monkeypatch.setenv("DASHBOARD_MOVIE_LINKS", "true")
    fresh()
    links = Dashboard("catalogue", movie="6", user="15").cards("movie")[0]["links"]
    assert [link["href"] for link in links] == [
        "https://www.imdb.com/title/tt0113277/",
        "https://www.themoviedb.org/movie/949",
    ]
