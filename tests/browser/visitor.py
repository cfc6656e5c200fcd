"""Somebody in front of the dashboard: looks for things as people and screen readers name them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """A browser's tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.script_errors: list[str] = []
        self.hosts: set[str] = set()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.script_errors.append(str(error)))
        page.on("dialog", lambda dialog: self.script_errors.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    def go(self, path: str) -> None:
        """Open an address."""
        self.page.goto(self.url + path)

    def menu(self, name: str) -> None:
        """Choose a page in the menu."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()

    def wait_until_drawn(self) -> None:
        """Wait until a page is there with everything that it asks the API for."""
        idle = self.page.locator('[data-test-script-state="notRunning"]')
        expect(idle).to_have_count(1)
        expect(self.page.get_by_test_id("stSkeletonElement")).to_have_count(0)

    def text(self, text: str | re.Pattern[str]) -> Locator:
        """Return where a text is first."""
        return self.page.get_by_text(text).first

    def heading(self, name: str) -> Locator:
        """Return the title of a page."""
        return self.page.get_by_role("heading", level=1, name=name, exact=True)

    def cards(self, label: str) -> Locator:
        """Return the cards of a list."""
        return self.page.get_by_role("list", name=label, exact=True).locator("> li")

    def card(self, label: str, title: str) -> Locator:
        """Return the card of a film."""
        titled = self.page.get_by_role("heading", level=3, name=title, exact=True)
        return self.cards(label).filter(has=titled)

    def listed(self, label: str) -> Locator:
        """Return the titles of a list; expecting texts of them waits for a list that changes."""
        return self.cards(label).locator("h3")

    def titles(self, label: str) -> list[str]:
        """Read the titles of a list, once it is there; what comes later is not waited for."""
        expect(self.cards(label).first).to_be_visible()
        return self.listed(label).all_inner_texts()

    def rate(self, card: Locator, stars: float, *, clicks: int = 1) -> None:
        """Click on a star, or on its left half."""
        control = card.get_by_role("slider")
        control.scroll_into_view_if_needed()
        box: Any = control.bounding_box()
        place = {"x": box["width"] * (stars - 0.25) / 5, "y": box["height"] / 2}
        control.click(position=place, click_count=clicks)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Return a button."""
        return self.page.get_by_role("button", name=name, exact=True)

    def tell_token(self, scope: Locator | Page, label: str, token: str, action: str) -> None:
        """Type the admin token and press the button beside it."""
        scope.get_by_label(label, exact=True).fill(token)
        scope.get_by_role("button", name=action, exact=True).click()

    def shows_no_script(self) -> None:
        """Fail when a title became more than text."""
        assert self.page.title() != "1"
        assert self.page.locator("img[src='x']").count() == 0
        assert self.page.locator("a[href^='javascript']").count() == 0
