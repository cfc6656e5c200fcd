"""The pages, their addresses, and how one leads to another."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from dashboard.api.client import Client
from dashboard.session import session
from dashboard.wording import t

WATCH = {
    "for_you": "movie",
    "new_here": "waving_hand",
    "movie_night": "groups",
    "catalogue": "video_library",
}
BEHIND = {"models": "model_training", "health": "monitor_heart"}


def all_pages(client: Client) -> dict[str, list[st.Page]]:
    """Return the menu: pages under their headings."""
    return {
        t("app.watch"): [_page(name, client) for name in WATCH],
        t("app.behind"): [_page(name, client) for name in BEHIND],
    }


def go(name: str, **query: str | int) -> None:
    """Open a page when the current callback is over."""
    session().destination = (name, {key: str(value) for key, value in query.items()})


def follow(client: Client) -> None:
    """Open the page that a callback asked for."""
    here = session()
    if here.destination is not None:
        (name, query), here.destination = here.destination, None
        st.switch_page(_page(name, client), query_params=query)


def _page(name: str, client: Client) -> st.Page:
    icon = {**WATCH, **BEHIND}[name]
    return st.Page(
        _opening(name, client),
        title=t(f"app.{name}"),
        icon=f":material/{icon}:",
        url_path=name.replace("_", "-"),
        default=name == "for_you",
    )


def _opening(name: str, client: Client) -> Callable[[], None]:
    def show() -> None:
        # Imported when it is opened: a page should not wait for what only others need.
        import_module(f"dashboard.pages.{name}").show(client)

    return show
