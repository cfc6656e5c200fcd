"""Searching the catalogue."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard.address import read_id
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

PAGE_KEY = "page"
ON_A_PAGE = 24
# The API skips no more than ten million films.
LAST_PAGE = 400_000


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
    with section("search"):
        page = min(read_id(st.query_params.get(PAGE_KEY)) or 1, LAST_PAGE)
        found = _find(client, wanted, page)
        pages = -(-found.total // ON_A_PAGE)
        if page > pages > 0:  # a link to what is no more
            page, found = pages, _find(client, wanted, pages)
        _show_page(found, page, pages)


def _find(client: Client, wanted: _Search, page: int) -> MoviePage:
    answer = begin(
        lambda: client.movies(
            query=wanted.query,
            genre=wanted.genre,
            year_from=wanted.year_from,
            year_to=wanted.year_to,
            limit=ON_A_PAGE,
            offset=(page - 1) * ON_A_PAGE,
        )
    )
    return arrived(answer, height=420)


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
    st.query_params.pop(PAGE_KEY, None)


def _turn() -> None:
    st.query_params[PAGE_KEY] = st.session_state[PAGE_KEY]


def _show_page(found: MoviePage, page: int, pages: int) -> None:
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
    if pages > 1:
        st.session_state[PAGE_KEY] = page
        st.pagination(pages, key=PAGE_KEY, on_change=_turn)
