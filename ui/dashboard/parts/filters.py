"""Which movies a list may hold, kept for as long as the visit lasts."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime

import streamlit as st

from dashboard.api.client import Wish
from dashboard.api.errors import ApiError
from dashboard.api.operations import ModelCard
from dashboard.parts.loading import EXTRA_SECONDS, arrived
from dashboard.wording import genre, t

FIRST_YEAR = 1900


def known_genres(model: Future[ModelCard]) -> list[str]:
    """Return the genres of the catalogue; none before there is a model."""
    try:
        return arrived(model, height=40, limit_seconds=EXTRA_SECONDS).genres
    except ApiError:  # the list itself says so
        return []


def choose_filters(genres: list[str], *, with_seen: bool = True) -> Wish:
    """Ask what a list should be like."""
    last_year = datetime.now(UTC).year
    with st.popover(t("filters.title"), icon=":material/tune:"):
        chosen = st.multiselect(
            t("filters.genres"),
            genres,
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
