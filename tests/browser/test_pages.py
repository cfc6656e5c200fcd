"""Each page's main path, in both languages, against the real stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from dashboard.wording import catalogue
from tests.browser.conftest import MLFLOW_URL, Site
from tests.browser.visitor import Visitor
from tests.support.stack import ADMIN_TOKEN

pytestmark = pytest.mark.integration

Visit = Callable[..., Visitor]
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])


def words(language: str) -> Callable[..., str]:
    """Return what says texts in a language."""
    return lambda key, **values: catalogue(language)[key].format(**values)


@LANGUAGES
def test_first_visit_shows_popular_films_and_leads_to_rating_some(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    visitor = visit(site, "/", language)
    popular = visitor.cards(say("welcome.popular"))
    expect(popular).to_have_count(12)
    expect(popular.get_by_role("slider")).to_have_count(0)
    visitor.button(say("welcome.begin")).click()
    expect(visitor.heading(say("new_here.title"))).to_be_visible()


@LANGUAGES
def test_for_you_one_click_rates_and_the_list_changes_at_once(
    visit: Visit, site: Site, language: str
) -> None:
    say, user = words(language), {"en": 2, "fr": 6}[language]
    visitor = visit(site, f"/?user={user}", language)
    expect(visitor.heading(say("for_you.title"))).to_be_visible()
    before = visitor.titles(say("for_you.list"))
    first = visitor.cards(say("for_you.list")).first
    expect(first).to_contain_text(say("cards.because"))
    expect(first).to_contain_text("%")
    visitor.rate(first, 4.5)
    expect(visitor.cards(say("for_you.rated_list")).first).to_contain_text(before[0])
    expect(visitor.card(say("for_you.list"), before[0])).to_have_count(0)
    stored = site.stack.http.get(f"/users/{user}/ratings").json()["items"][0]
    assert (stored["title"], stored["rating"]) == (before[0], 4.5)

    visitor.button(say("for_you.rated_undo")).click()
    expect(visitor.cards(say("for_you.rated_list")).first).not_to_contain_text(before[0])
    expect(visitor.listed(say("for_you.list"))).to_have_text(before)

    first.get_by_role("button", name=say("cards.similar_name", title=before[0])).click()
    expect(visitor.page.get_by_role("dialog")).to_contain_text(say("similar.title"))
    alike = visitor.page.get_by_role("dialog").get_by_role("listitem").first.get_by_role("button")
    name = alike.inner_text()
    alike.click()
    expect(visitor.heading(name)).to_be_visible()


@LANGUAGES
def test_for_you_filters_by_genre_and_year_and_shows_rated_films_when_asked_to(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    visitor = visit(site, "/?user=2", language)
    expect(visitor.cards(say("for_you.list")).first).to_be_visible()
    visitor.button(say("filters.title")).click()
    visitor.page.get_by_label(say("filters.genres"), exact=True).click()
    comedy = {"en": "Comedy", "fr": "Comédie"}[language]
    visitor.page.get_by_role("option", name=comedy, exact=True).click()
    visitor.page.keyboard.press("Escape")
    cards = visitor.cards(say("for_you.list"))
    expect(cards.filter(has_text="Drama")).to_have_count(0)
    expect(cards.filter(has_text="Drame")).to_have_count(0)
    expect(cards.first).to_contain_text(comedy)

    latest = visitor.page.get_by_role("slider", name=say("filters.years")).last
    if not latest.is_visible():  # Escape closed the filters: the menu of genres was closed already
        visitor.button(say("filters.title")).click()
    for _ in range(datetime.now(UTC).year - 2000):
        latest.press("ArrowLeft")
    expect(latest).to_have_value("2000")
    expect(cards.filter(has_text=re.compile("20(0[1-9]|[12][0-9])"))).to_have_count(0)
    expect(cards.first).to_contain_text(re.compile("19[89][0-9]|2000"))

    rated = cards.locator('[role=slider]:not([aria-valuenow="0"])')
    expect(rated).to_have_count(0)
    visitor.page.get_by_text(say("filters.include_seen"), exact=True).click()
    expect(rated.first).to_be_visible()


@LANGUAGES
def test_new_here_answers_make_a_list_and_saving_makes_a_user(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    users = len(site.stack.http.get("/users?limit=200").json()["items"])
    visitor = visit(site, "/new-here", language)
    expect(visitor.heading(say("new_here.title"))).to_be_visible()
    asked = visitor.titles(say("new_here.questions"))
    questions = visitor.cards(say("new_here.questions"))
    visitor.rate(questions.first, 5)
    expect(visitor.cards(say("new_here.found")).first).to_contain_text(asked[0])
    skip = questions.first.get_by_role("button")
    skipped = questions.first.locator("h3").inner_text()
    skip.click()
    expect(questions.filter(has=visitor.page.get_by_text(skipped, exact=True))).to_have_count(0)
    assert len(site.stack.http.get("/users?limit=200").json()["items"]) == users

    visitor.button(say("new_here.save")).click()
    expect(visitor.heading(say("for_you.title"))).to_be_visible()
    expect(visitor.cards(say("for_you.rated_list"))).to_have_count(1)
    expect(visitor.cards(say("for_you.rated_list")).first).to_contain_text(asked[0])
    assert len(site.stack.http.get("/users?limit=200").json()["items"]) == users + 1


@LANGUAGES
def test_movie_night_has_one_list_with_everybodys_stars_by_each_method(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    visitor = visit(site, "/movie-night?people=2,3", language)
    expect(visitor.heading(say("night.title"))).to_be_visible()
    first = visitor.cards(say("night.list")).first
    expect(first).to_contain_text(say("night.each"))
    for user in (2, 3):
        expect(first).to_contain_text(say("for_you.user_plain", user=user))
    for method in ("least_misery", "fairness"):
        visitor.page.get_by_role("radio", name=say(f"night.{method}"), exact=True).click()
        expect(visitor.text(say(f"night.{method}_help"))).to_be_visible()
        expect(first).to_be_visible()


@LANGUAGES
def test_movie_night_welcomes_a_guest_from_new_here(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    visitor = visit(site, "/new-here", language)
    expect(visitor.cards(say("new_here.questions")).first).to_be_visible()
    visitor.rate(visitor.cards(say("new_here.questions")).first, 4)
    visitor.page.get_by_label(say("new_here.guest_name"), exact=True).fill("Ada")
    visitor.button(say("new_here.guest")).click()
    expect(visitor.heading(say("night.title"))).to_be_visible()
    expect(visitor.cards(say("night.list")).first).to_contain_text("Ada")


@LANGUAGES
def test_catalogue_searches_turns_pages_and_opens_a_film(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    visitor = visit(site, "/catalogue", language)
    expect(visitor.heading(say("catalogue.title"))).to_be_visible()
    expect(visitor.cards(say("catalogue.list"))).to_have_count(24)
    visitor.page.get_by_test_id("stPagination").get_by_text("2", exact=True).click()
    expect(visitor.cards(say("catalogue.list"))).to_have_count(16)
    visitor.page.get_by_label(say("catalogue.query"), exact=True).fill("movie 12")
    visitor.page.keyboard.press("Enter")
    expect(visitor.cards(say("catalogue.list"))).to_have_count(1)
    visitor.cards(say("catalogue.list")).first.get_by_role("button").click()
    expect(visitor.heading("Movie 12")).to_be_visible()
    bars = visitor.page.get_by_role("list", name=say("movie.ratings"), exact=True)
    expect(bars.get_by_role("listitem")).to_have_count(10)
    expect(visitor.cards(say("movie.similar")).first).to_be_visible()

    expect(visitor.text(say("movie.choose_user"))).to_be_visible()
    chooser = visitor.page.get_by_role("combobox", name=say("for_you.user"))
    chooser.fill("2")
    chooser.press("Enter")
    predicted = site.stack.http.get("/predict/2/12").json()["predicted_rating"]
    text = f"{predicted:.1f}".replace(".", {"en": ".", "fr": ","}[language])
    badge = visitor.cards("Movie 12").get_by_role("img")
    expect(badge).to_have_accessible_name(say("stars.predicted_many", stars=text))


@LANGUAGES
def test_models_trains_compares_promotes_and_rolls_back(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    before = site.stack.http.get("/models").json()
    visitor = visit(site, "/models", language)
    expect(visitor.heading(say("models.title"))).to_be_visible()
    visitor.page.get_by_label(say("training.reason"), exact=True).fill("a browser test")
    visitor.tell_token(visitor.page, say("admin.token"), ADMIN_TOKEN, say("training.start"))
    expect(visitor.text(say("training.started"))).to_be_visible()
    # It is watched until it ends, and the table has the new version without a click.
    rows = visitor.page.get_by_role("table").last.get_by_role("row")
    expect(rows).to_have_count(len(before["models"]) + 2, timeout=90_000)
    after = site.stack.http.get("/models").json()
    assert len(after["models"]) == len(before["models"]) + 1
    expect(visitor.text(say("compare.title"))).to_be_visible()
    expect(visitor.text(say("compare.a"))).to_be_visible()
    link = visitor.page.get_by_role("link", name=say("models.run"), exact=True).first
    assert (link.get_attribute("href") or "").startswith(f"{MLFLOW_URL}/#/runs/")

    visitor.button(say("models.promote")).click()
    dialog = visitor.page.get_by_role("dialog")
    visitor.tell_token(dialog, say("admin.token"), "wrong", say("models.promote"))
    expect(dialog.get_by_role("alert")).to_contain_text(say("errors.unauthorized")[:20])
    assert site.stack.http.get("/models").json()["champion"] == after["champion"]
    visitor.tell_token(dialog, say("admin.token"), ADMIN_TOKEN, say("models.promote"))
    expect(dialog).to_have_count(0)
    promoted = site.stack.http.get("/models").json()["champion"]
    assert promoted != after["champion"]

    visitor.button(say("models.roll_back")).click()
    visitor.tell_token(dialog, say("admin.token"), ADMIN_TOKEN, say("models.roll_back"))
    expect(dialog).to_have_count(0)
    assert site.stack.http.get("/models").json()["champion"] == after["champion"]


@LANGUAGES
def test_health_measures_drift_and_shows_report_and_requests(
    visit: Visit, site: Site, language: str
) -> None:
    say = words(language)
    site.stack.recommend()
    visitor = visit(site, "/health", language)
    expect(visitor.heading(say("health.title"))).to_be_visible()
    visitor.button(say("drift.measure_now")).click()
    dialog = visitor.page.get_by_role("dialog")
    visitor.tell_token(dialog, say("admin.token"), ADMIN_TOKEN, say("drift.measure_now"))
    expect(visitor.page.get_by_text(say("drift.done"))).to_be_visible(timeout=120_000)
    expect(visitor.text(say("drift.window", since="", until="", model="")[:12])).to_be_visible()
    visitor.page.get_by_text(say("drift.show_report"), exact=True).click()
    # The report is in a sandbox inside the frame that Streamlit makes.
    report = visitor.page.frame_locator("iframe").frame_locator("iframe[sandbox='allow-scripts']")
    expect(report.locator("h1").first).to_be_visible(timeout=60_000)
    expect(report.locator("table").first).to_contain_text("popularity_gini")
    expect(visitor.text(say("activity.strategies"))).to_be_visible()
    expect(visitor.text(say("activity.speed"))).to_be_visible()
    expect(visitor.text(say("activity.starts"))).to_be_visible()
    expect(visitor.page.get_by_test_id("stMetric").first).to_contain_text(say("activity.lists"))
