"""Which movies a list may hold, kept for as long as the visit lasts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

import streamlit as st

from dashboard.api.client import Wish
from dashboard.api.errors import ApiError
from dashboard.api.operations import ModelCard
from dashboard.parts.loading import EXTRA_SECONDS, arrived
from dashboard.wording import genre, t

FIRST_YEAR = 1900


def choose_genre(
    key: str, model: Future[ModelCard], *, on_change: Callable[[], None] | None = None
) -> str | None:
    """Ask for one genre, or none."""
    return st.selectbox(
        t("catalogue.genre"),
        _genres(model, st.session_state.get(key)),
        index=None,
        key=key,
        format_func=genre,
        placeholder=t("filters.any_genre"),
        persist_state="session",
        on_change=on_change,
        width=190,
    )


def choose_filters(model: Future[ModelCard], *, with_seen: bool = True) -> Wish:
    """Ask what a list should be like."""
    last_year = datetime.now(UTC).year
    with st.popover(t("filters.title"), icon=":material/tune:"):
        chosen = st.multiselect(
            t("filters.genres"),
            _genres(model, *st.session_state.get("genre", ())),
            key="genre",
            format_func=genre,
            placeholder=t("filters.any_genre"),
            persist_state="session",
        )
        years = st.slider(
            t("filters.years"),
            FIRST_YEAR,
            last_year,
            (FIRST_YEAR, last_year),
            key="years",
            persist_state="session",
        )
        n = st.slider(t("filters.number"), 4, 48, 12, step=4, key="n", persist_state="session")
        seen = with_seen and st.toggle(
            t("filters.include_seen"), key="seen", persist_state="session"
        )
    return Wish(
        n=n,
        genres=tuple(chosen),
        # The ends of the slider mean no limit: movies without a year count too.
        year_from=years[0] if years[0] > FIRST_YEAR else None,
        year_to=years[1] if years[1] < last_year else None,
        include_seen=seen,
    )


def _genres(model: Future[ModelCard], *chosen: str | None) -> list[str]:
    """Return the genres of the catalogue, and those that are chosen whether it answers or not."""
    try:
        known = arrived(model, height=40, limit_seconds=EXTRA_SECONDS).genres
    except ApiError:  # the list itself says so
        known = []
    return list(dict.fromkeys([*known, *filter(None, chosen)]))
