"""Pictures of every page for `make screenshots`: light, dark, and on a phone."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LOOKS = {
    "light": {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"},
    "dark": {"viewport": WIDE, "color_scheme": "dark", "locale": "fr-FR"},
    "phone": {
        "viewport": PHONE,
        "color_scheme": "light",
        "locale": "en-GB",
        "is_mobile": True,
        "has_touch": True,
    },
}
PAGES = {
    "welcome": "/",
    "for-you": "/?user=15",
    "new-here": "/new-here",
    "movie-night": "/movie-night?people=15,20,23",
    "catalogue": "/catalogue?q=star",
    "movie": "/catalogue?movie=260&user=15",
    "models": "/models",
    "health": "/health",
}
TALLEST = 2600
RATED = 3


def take(url: str, folder: Path) -> None:
    """Draw all pages of a running dashboard."""
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for look, options in LOOKS.items():
            for name, path in PAGES.items():
                context = browser.new_context(timezone_id="UTC", **options)
                page = context.new_page()
                page.goto(url + path)
                _settle(page)
                if name == "new-here":
                    _answer(page)
                _grow(page)
                page.screenshot(path=folder / f"{name}-{look}.png")
                context.close()
        browser.close()


def _settle(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    idle = page.locator('[data-test-script-state="notRunning"]')
    expect(idle).to_have_count(1, timeout=60_000)
    expect(page.get_by_test_id("stSkeletonElement")).to_have_count(0, timeout=30_000)


def _answer(page: Page) -> None:
    """Rate some of the films that newcomers are asked about."""
    for _ in range(RATED):
        cards = page.get_by_test_id("stMain").get_by_role("list").first
        card = cards.get_by_role("listitem").first
        title = card.locator("h3").inner_text()
        card.get_by_role("slider").press("End")
        card.get_by_role("slider").press("Enter")
        expect(card.locator("h3")).not_to_have_text(title, timeout=30_000)
    _settle(page)


def _grow(page: Page) -> None:
    """Make the window as tall as the page, so that the picture holds all of it."""
    main = "document.querySelector('[data-testid=stMain]').scrollHeight"
    size = page.viewport_size or WIDE
    for _ in range(2):  # charts are drawn, and drawn once more for the new size
        page.wait_for_timeout(1_000)
        height = min(TALLEST, max(size["height"], page.evaluate(main)))
        page.set_viewport_size({"width": size["width"], "height": height})
        _settle(page)
    page.wait_for_timeout(1_000)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://localhost:8501")
    parser.add_argument("--folder", type=Path, default=Path("screenshots"))
    args = parser.parse_args()
    try:
        httpx.get(f"{args.url}/_stcore/health", timeout=3).raise_for_status()
    except httpx.HTTPError:
        parser.error(f"no dashboard at {args.url}: start one with `make run`, or name it in URL=")
    take(args.url, args.folder)


if __name__ == "__main__":
    main()
