"""Searching the catalogue."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard.api.answers import MoviePage
from dashboard.api.client import Client
from dashboard.api.operations import ModelCard
from dashboard.navigation import go
from dashboard.parts.cards import Card, show_cards
from dashboard.parts.filters import FIRST_YEAR, choose_genre
from dashboard.parts.loading import arrived, begin
from dashboard.parts.problems import section
from dashboard.parts.text import show_empty, show_lead
from dashboard.wording import t, tn

ON_A_PAGE = 24


@dataclass(frozen=True)
class _Search:
    query: str
    genre: str | None
    year_from: int | None
    year_to: int | None


def show_search(client: Client) -> None:
    """Draw the search and a page of what it finds."""
    model = begin(client.model)
    st.title(t("catalogue.title"))
    show_lead(t("catalogue.lead"))
    wanted = _ask(model)
    place = st.session_state.get("page", 1)
    answer = begin(
        lambda: client.movies(
            query=wanted.query,
            genre=wanted.genre,
            year_from=wanted.year_from,
            year_to=wanted.year_to,
            limit=ON_A_PAGE,
            offset=(place - 1) * ON_A_PAGE,
        )
    )
    with section("search"):
        _show_page(arrived(answer, height=420))


def _ask(model: Future[ModelCard]) -> _Search:
    last_year = datetime.now(UTC).year
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            t("catalogue.query"),
            key="q",
            placeholder=t("catalogue.example"),
            icon=":material/search:",
            max_chars=200,
            bind="query-params",
            on_change=_first_page,
            width=300,
        )
        chosen = choose_genre("search-genre", model, on_change=_first_page)
        years = st.slider(
            t("filters.years"),
            FIRST_YEAR,
            last_year,
            (FIRST_YEAR, last_year),
            key="search-years",
            persist_state="session",
            on_change=_first_page,
            width=240,
        )
    return _Search(
        query.strip(),
        chosen,
        years[0] if years[0] > FIRST_YEAR else None,
        years[1] if years[1] < last_year else None,
    )


def _first_page() -> None:
    st.session_state["page"] = 1


def _show_page(found: MoviePage) -> None:
    if found.source == "model":
        st.info(t("catalogue.from_model"), icon=":material/inventory_2:")
    if not found.items:
        show_empty(t("catalogue.nothing"), t("catalogue.empty"))
        return
    st.caption(tn("catalogue.found", found.total))
    show_cards(
        "search-results",
        t("catalogue.list"),
        [Card(movie) for movie in found.items],
        {"open": lambda movie: go("catalogue", movie=movie.movie_id)},
        layout="rows",
    )
    pages = -(-found.total // ON_A_PAGE)
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")
