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
_SOMETHING = re.compile(r"\S")


def test_back_returns_from_a_film_to_the_list_and_user_it_was_opened_from(
    visit: Visit, site: Site
) -> None:
    visitor = visit(site, "/?user=2")
    listed = visitor.titles("Recommended films")
    visitor.cards("Recommended films").first.get_by_role("button", name=listed[0]).first.click()
    visitor.sees_heading(listed[0])
    assert "movie=" in visitor.page.url and "user=2" in visitor.page.url
    visitor.page.go_back()
    visitor.sees_heading("For you")
    assert visitor.titles("Recommended films") == listed
    assert "user=2" in visitor.page.url
    visitor.page.go_forward()
    visitor.sees_heading(listed[0])


def test_back_returns_to_the_user_before_and_from_film_to_film(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    visitor.sees("What user 2 has rated")
    chooser = visitor.page.get_by_role("combobox", name="User")
    chooser.fill("77")
    chooser.press("Enter")
    visitor.sees("What user 77 has rated")
    assert "user=77" in visitor.page.url
    visitor.page.go_back()
    visitor.sees("What user 2 has rated")

    visitor.go("/catalogue?movie=6")
    visitor.sees_heading("Movie 6")
    other = visitor.cards("Similar films").first.get_by_role("button")
    name = other.inner_text()
    other.click()
    visitor.sees_heading(name)
    visitor.page.go_back()
    visitor.sees_heading("Movie 6")


def test_user_stays_chosen_from_page_to_page(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=5")
    visitor.sees("What user 5 has rated")
    visitor.menu("Catalogue")
    visitor.cards("Films found").first.get_by_role("button").click()
    visitor.sees("User 5 ")
    visitor.menu("Models")
    visitor.sees_heading("Models")
    visitor.menu("For you")
    visitor.sees("What user 5 has rated")


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
    assert visitor.page.evaluate(focused)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_screen_reader_hears_the_language_and_a_name_for_every_control(
    visit: Visit, site: Site, language: str
) -> None:
    for path in PAGES:
        visitor = visit(site, path, language)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        expect(visitor.page.get_by_test_id("stAppSpinner")).to_have_count(0)
        expect(visitor.page.locator("html")).to_have_attribute("lang", language)
        for role in ("button", "slider", "combobox", "textbox", "link"):
            for control in visitor.page.get_by_test_id("stMain").get_by_role(role).all():
                expect(control).to_have_accessible_name(_SOMETHING)


@pytest.mark.parametrize("path", PAGES)
def test_phone_shows_one_column_and_nothing_to_scroll_sideways(
    visit: Visit, site: Site, path: str
) -> None:
    size = {"width": 360, "height": 740}
    visitor = visit(site, path, viewport=size, has_touch=True, is_mobile=True)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.sees_heading(PAGES[path])
    widest = visitor.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert widest <= 360
    if path == "/?user=2":
        visitor.titles("Recommended films")
        boxes = [card.bounding_box() for card in visitor.cards("Recommended films").all()[:3]]
        assert len({box["x"] for box in boxes if box}) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_is_the_one_that_the_browser_prefers(visit: Visit, site: Site, scheme: str) -> None:
    visitor = visit(site, "/?user=2", color_scheme=scheme)
    visitor.titles("Recommended films")
    shade = visitor.page.get_by_test_id("stApp").evaluate(
        "app => getComputedStyle(app).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (sum(shade) < 3 * 128) == (scheme == "dark")


def test_language_is_switched_with_one_click_and_stays(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    visitor.sees_heading("For you")
    visitor.page.get_by_role("radio", name="Français").click()
    visitor.sees_heading("Pour vous")
    visitor.menu("Catalogue")
    visitor.sees("Tous les films. Ouvrez-en un")
    visitor.go("/?lang=fr")
    visitor.sees_heading("Pour vous")


def test_browser_asks_nobody_but_the_dashboard(visit: Visit, site: Site) -> None:
    visitor = visit(site, "/?user=2")
    visitor.titles("Recommended films")
    for name in ("New here", "Movie night", "Catalogue", "Models", "Drift and health"):
        visitor.menu(name)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    assert visitor.hosts - {""} == {urlsplit(site.url).netloc}
