"""Links and the Back button, keyboard and screen reader, phones, the dark, and who is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site
from tests.browser.test_bad_days import PAGES
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.integration

Visit = Callable[..., Visitor]
USER_5 = re.compile(r"^User 5 · \d+ ratings$")
_SOMETHING = re.compile(r"\S")
_PLACE_BESIDE_BUTTON = """stars => {
  const button = stars.closest("li").querySelector("button.action");
  const [its, own] = [button, stars].map((one) => one.getBoundingClientRect());
  return [own.left - its.left, own.top - its.top].map(Math.round);
}"""


def test_back_returns_from_a_film_to_the_list_and_user_it_was_opened_from(
    visit: Visit, site: Site
) -> None:
    visitor = visit(site, "/?user=2")
    listed = visitor.titles("Recommended films")
    visitor.cards("Recommended films").first.get_by_role("button", name=listed[0]).first.click()
    expect(visitor.heading(listed[0])).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"/catalogue\?movie=\d+&user=2$"))
    visitor.page.go_back()
    expect(visitor.heading("For you")).to_be_visible()
    expect(visitor.listed("Recommended films")).to_have_text(listed)
    expect(visitor.page).to_have_url(re.compile(r"[?&]user=2$"))
    visitor.page.go_forward()
    expect(visitor.heading(listed[0])).to_be_visible()


def test_back_returns_to_the_user_before_and_from_film_to_film(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    expect(visitor.text("What user 2 has rated")).to_be_visible()
    chooser = visitor.page.get_by_role("combobox", name="User")
    chooser.fill("77")
    chooser.press("Enter")
    expect(visitor.text("What user 77 has rated")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?user=77$"))
    visitor.page.go_back()
    expect(visitor.text("What user 2 has rated")).to_be_visible()

    visitor.go("/catalogue?movie=6")
    expect(visitor.heading("Movie 6")).to_be_visible()
    other = visitor.cards("Similar films").first.get_by_role("button")
    name = other.inner_text()
    other.click()
    expect(visitor.heading(name)).to_be_visible()
    visitor.page.go_back()
    expect(visitor.heading("Movie 6")).to_be_visible()


def test_user_stays_chosen_from_page_to_page(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=5")
    expect(visitor.text("What user 5 has rated")).to_be_visible()
    visitor.menu("Catalogue")
    visitor.cards("Films found").first.get_by_role("button").click()
    chooser = visitor.page.get_by_role("combobox", name="User")
    expect(chooser).to_have_value(USER_5)
    visitor.button("All films").click()
    visitor.cards("Films found").last.get_by_role("button").click()
    expect(chooser).to_have_value(USER_5)
    visitor.menu("Models")
    expect(visitor.heading("Models")).to_be_visible()
    visitor.menu("For you")
    expect(visitor.text("What user 5 has rated")).to_be_visible()


def test_back_returns_to_who_was_at_the_movie_night_before(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/movie-night?people=2,4")
    first = visitor.cards("Films for all of you").first
    expect(first).to_contain_text("User 4")
    people = visitor.page.get_by_role("combobox", name="Who is coming?")
    people.fill("077")
    people.press("Enter")
    people.press("Escape")
    expect(first).to_contain_text("User 77")
    expect(visitor.page).to_have_url(re.compile("people=2%2C4%2C77$"))
    visitor.page.go_back()
    expect(first).not_to_contain_text("User 77")
    expect(first).to_contain_text("User 4")


def test_link_to_a_page_of_the_catalogue_shows_that_page(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/catalogue")
    expect(visitor.cards("Films found")).to_have_count(24)
    first = visitor.titles("Films found")
    visitor.go("/catalogue?page=2")
    expect(visitor.cards("Films found")).to_have_count(16)
    visitor.page.get_by_test_id("stPagination").get_by_text("1", exact=True).click()
    expect(visitor.listed("Films found")).to_have_text(first)
    visitor.page.go_back()
    expect(visitor.cards("Films found")).to_have_count(16)


def test_film_is_rated_by_keyboard_and_the_focus_is_not_lost(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=10")
    before = visitor.titles("Recommended films")
    stars = visitor.cards("Recommended films").first.get_by_role("slider")
    expect(stars).to_have_accessible_name(f"Your rating of {before[0]}")
    stars.focus()
    for _ in range(7):
        visitor.page.keyboard.press("ArrowRight")
    expect(stars).to_have_attribute("aria-valuetext", "3½ of 5 stars")
    visitor.page.keyboard.press("Enter")
    expect(visitor.cards("Rated films").first).to_contain_text(before[0])
    stored = site.stack.http.get("/users/10/ratings").json()["items"][0]
    assert (stored["title"], stored["rating"]) == (before[0], 3.5)
    focused = "document.activeElement?.shadowRoot?.activeElement?.closest('li') !== null"
    visitor.page.wait_for_function(focused)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_screen_reader_hears_the_language_and_a_name_for_every_control(
    visit: Visit, site: Site, language: str
) -> None:
    for path in PAGES:
        visitor = visit(site, path, language)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        visitor.wait_until_drawn()
        expect(visitor.page.locator("html")).to_have_attribute("lang", language)
        for role in ("button", "slider", "combobox", "textbox", "link"):
            for control in visitor.page.get_by_test_id("stMain").get_by_role(role).all():
                expect(control).to_have_accessible_name(_SOMETHING)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", ["/?user=2", "/new-here"])
def test_pointing_at_stars_tells_how_many_and_does_not_move_them(
    visit: Visit, site: Site, path: str, language: str
) -> None:
    visitor = visit(site, path, language)
    stars = visitor.page.get_by_role("slider").first
    expect(stars).to_have_attribute("aria-valuenow", "0")
    before = stars.evaluate(_PLACE_BESIDE_BUTTON)
    for half in range(1, 11):
        stars.hover(position={"x": half * 11.2 - 2, "y": 11})
        expect(stars).to_have_attribute("aria-valuenow", f"{half / 2:g}")
        assert stars.evaluate(_PLACE_BESIDE_BUTTON) == before


@pytest.mark.parametrize("path", PAGES)
def test_phone_shows_one_column_and_nothing_to_scroll_sideways(
    visit: Visit, site: Site, path: str
) -> None:
    size = {"width": 360, "height": 740}
    visitor = visit(site, path, viewport=size, has_touch=True, is_mobile=True)
    expect(visitor.heading(PAGES[path])).to_be_visible()
    visitor.wait_until_drawn()
    widest = visitor.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert widest <= 360
    if path == "/?user=2":
        expect(visitor.cards("Recommended films").first).to_be_visible()
        boxes = [card.bounding_box() for card in visitor.cards("Recommended films").all()[:3]]
        assert len({box["x"] for box in boxes if box}) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_is_the_one_that_the_browser_prefers(visit: Visit, site: Site, scheme: str) -> None:
    visitor = visit(site, "/?user=2", color_scheme=scheme)
    expect(visitor.cards("Recommended films").first).to_be_visible()
    shade = visitor.page.get_by_test_id("stApp").evaluate(
        "app => getComputedStyle(app).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (sum(shade) < 3 * 128) == (scheme == "dark")


def test_language_is_switched_with_one_click_and_stays(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    expect(visitor.heading("For you")).to_be_visible()
    visitor.page.get_by_role("radio", name="Français").click()
    expect(visitor.heading("Pour vous")).to_be_visible()
    visitor.menu("Catalogue")
    expect(visitor.text("Tous les films. Ouvrez-en un")).to_be_visible()
    visitor.go("/?lang=fr")
    expect(visitor.heading("Pour vous")).to_be_visible()


def test_browser_asks_nobody_but_the_dashboard(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    expect(visitor.cards("Recommended films").first).to_be_visible()
    for name in ("New here", "Movie night", "Catalogue", "Models", "Drift and health"):
        visitor.menu(name)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    assert visitor.hosts - {""} == {urlsplit(site.url).netloc}
