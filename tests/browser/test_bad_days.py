"""The API down, slow, or without a model; unknown users; titles that are code; double clicks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE_MOVIE, QUICK, Site
from tests.browser.visitor import Visitor
from tests.support.fake_api import HOSTILE
from tests.support.stack import ADMIN_TOKEN
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

Visit = Callable[..., Visitor]
PAGES = {
    "/": "For you",
    "/?user=2": "For you",
    "/new-here": "New here?",
    "/movie-night?people=2": "Movie night",
    "/catalogue": "Catalogue",
    "/models": "Models",
    "/health": "Drift and health",
}


@pytest.mark.parametrize("path", PAGES)
def test_api_that_is_down_is_a_sentence_and_comes_back_with_a_click(
    visit: Visit, restored: Site, path: str
) -> None:
    restored.api.cut()
    visitor = visit(restored, path)
    expect(visitor.heading(PAGES[path])).to_be_visible()
    expect(visitor.text("cannot be reached")).to_be_visible()
    expect(visitor.text("API down")).to_be_visible()
    restored.api.restore()
    again = visitor.button("Try again")
    again.first.click()
    expect(again).to_have_count(0)
    expect(visitor.text("Everything is up")).to_be_visible()


def test_api_that_is_down_is_a_sentence_in_french(visit: Visit, restored: Site) -> None:
    restored.api.cut()
    visitor = visit(restored, "/", "fr")
    expect(visitor.text("est injoignable")).to_be_visible()
    expect(visitor.text("API injoignable")).to_be_visible()
    expect(visitor.text("Réessayer")).to_be_visible()


def test_api_that_is_slow_leaves_no_blank_page_and_then_answers(
    visit: Visit, restored: Site
) -> None:
    visitor = visit(restored, "/?user=2")
    expect(visitor.cards("Recommended films").first).to_be_visible()
    visitor.menu("Catalogue")
    expect(visitor.cards("Films found").first).to_be_visible()
    restored.api.silence()
    visitor.menu("For you")
    expect(visitor.heading("For you")).to_be_visible()
    expect(visitor.page.get_by_test_id("stSkeletonElement").first).to_be_visible()
    restored.api.restore()
    expect(visitor.cards("Recommended films").first).to_be_visible()
    expect(visitor.page.get_by_test_id("stSkeletonElement")).to_have_count(0)


def test_ratings_given_while_the_api_is_slow_are_all_stored(visit: Visit, restored: Site) -> None:
    visitor = visit(restored, "/?user=9")
    titles = visitor.titles("Recommended films")[:3]
    stored = "/users/9/ratings"
    rated = restored.stack.http.get(stored).json()["total"]
    restored.api.silence()
    for card in visitor.cards("Recommended films").all()[:3]:
        visitor.rate(card, 4)
    restored.api.restore()
    for title in titles:
        expect(visitor.card("Rated films", title)).to_have_count(1)
    assert restored.stack.http.get(stored).json()["total"] == rated + 3


def test_no_model_yet_says_so_everywhere_and_the_first_training_mends_it(
    visit: Visit, bare_site: Site
) -> None:
    visitor = visit(bare_site, "/?user=2")
    expect(visitor.text("There is no model yet")).to_be_visible()
    expect(visitor.text("No model yet")).to_be_visible()
    expect(visitor.cards("Rated films").first).to_be_visible()  # what needs no model is there
    visitor.menu("Catalogue")
    expect(visitor.cards("Films found")).to_have_count(24)
    visitor.menu("Models")
    expect(visitor.text("Train the first one below")).to_be_visible()
    visitor.tell_token(visitor.page, "Admin token", ADMIN_TOKEN, "Start training")
    expect(visitor.page.get_by_text("Serving since")).to_be_visible(timeout=90_000)
    visitor.menu("For you")
    expect(visitor.cards("Recommended films").first).to_be_visible()


def test_unknown_user_gets_popular_films_and_is_told_why(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=99999999")
    expect(visitor.cards("Recommended films").first).to_be_visible()
    expect(visitor.text("these are popular films")).to_be_visible()
    expect(visitor.text("No ratings yet")).to_be_visible()


def test_what_is_no_user_gets_a_sentence(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    expect(visitor.cards("Recommended films").first).to_be_visible()
    chooser = visitor.page.get_by_role("combobox", name="User")
    chooser.fill("<b>x</b>")
    chooser.press("Enter")
    expect(visitor.text("“<b>x</b>” is not a user number")).to_be_visible()


def test_rating_that_cannot_be_stored_is_told_where_it_is_seen(
    visit: Visit, restored: Site
) -> None:
    visitor = visit(restored, "/?user=11")
    card = visitor.cards("Recommended films").last
    card.scroll_into_view_if_needed()
    restored.api.cut()
    visitor.rate(card, 4)
    expect(visitor.page.get_by_test_id("stToast").first).to_contain_text("cannot be reached")
    expect(visitor.page.get_by_test_id("stToast").first).to_be_in_viewport()


def test_title_with_html_and_script_is_text_wherever_it_is_shown(visit: Visit, site: Site) -> None:
    visitor = visit(site, f"/catalogue?movie={HOSTILE_MOVIE}&user=3")
    expect(visitor.heading(HOSTILE)).to_be_visible()
    visitor.shows_no_script()
    visitor.rate(visitor.cards(HOSTILE).first, 3.5)
    expect(visitor.text(f"Rated {HOSTILE}: 3½ stars")).to_be_visible()  # a notice
    visitor.shows_no_script()
    visitor.go("/catalogue?q=script")
    expect(visitor.listed("Films found")).to_have_text([HOSTILE])
    visitor.shows_no_script()
    visitor.go("/?user=3")
    expect(visitor.card("Rated films", HOSTILE)).to_have_count(1)
    visitor.shows_no_script()
    visitor.go("/movie-night?people=2,4")
    expect(visitor.cards("Films for all of you").first).to_be_visible()
    visitor.shows_no_script()
    site.stack.http.delete(f"/users/3/ratings/{HOSTILE_MOVIE}")


def test_double_click_on_a_star_stores_one_rating_and_moves_one_film(
    visit: Visit, site: Site
) -> None:
    visitor = visit(site, "/?user=8")
    before = visitor.titles("Recommended films")
    rated = site.stack.http.get("/users/8/ratings").json()["total"]
    visitor.rate(visitor.cards("Recommended films").first, 4, clicks=2)
    expect(visitor.cards("Rated films").first).to_contain_text(before[0])
    assert site.stack.http.get("/users/8/ratings").json()["total"] == rated + 1
    visitor.button("Undo").dblclick()
    expect(visitor.button("Undo")).to_have_count(0)
    expect(visitor.listed("Recommended films")).to_have_text(before)
    assert site.stack.http.get("/users/8/ratings").json()["total"] == rated


def test_double_click_saves_a_visitor_once(visit: Visit, site: Site) -> None:
    users = len(site.stack.http.get("/users?limit=200").json()["items"])
    visitor = visit(site, "/new-here")
    expect(visitor.cards("Have you seen these?").first).to_be_visible()
    visitor.rate(visitor.cards("Have you seen these?").first, 4)
    expect(visitor.cards("What fits so far").first).to_be_visible()
    visitor.button("Save as a new user").dblclick()
    expect(visitor.heading("For you")).to_be_visible()
    expect(visitor.cards("Rated films")).to_have_count(1)
    assert len(site.stack.http.get("/users?limit=200").json()["items"]) == users + 1


def test_double_click_starts_one_training(visit: Visit, site: Site) -> None:
    before = len(site.stack.http.get("/train/runs?limit=200").json()["runs"])
    visitor = visit(site, "/models")
    visitor.page.get_by_label("Admin token", exact=True).fill(ADMIN_TOKEN)
    visitor.button("Start training").dblclick()
    expect(visitor.text("The training is done")).to_be_visible(timeout=90_000)
    runs = site.stack.http.get("/train/runs?limit=200").json()["runs"]
    assert len(runs) == before + 1


def test_training_that_somebody_else_runs_is_watched(visit: Visit, site: Site) -> None:
    run_id = site.stack.begin(**QUICK)
    visitor = visit(site, "/models")
    expect(visitor.heading("Models")).to_be_visible()
    wait_until(lambda: site.stack.run(run_id)["status"] == "succeeded", seconds=90)
    expect(visitor.button("Start training")).to_be_visible()
