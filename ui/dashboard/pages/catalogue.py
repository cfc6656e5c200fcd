"""The catalogue: search, and one movie's own page."""

from __future__ import annotations

import streamlit as st

from dashboard.api.client import Client
from dashboard.pages.movie import show_movie
from dashboard.pages.search import show_search

MOVIE_KEY = "movie"


def show(client: Client) -> None:
    """Draw the movie that the address names, or the search."""
    wanted = st.query_params.get(MOVIE_KEY, "")
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) < 2**63:
        show_movie(client, int(wanted))
    else:
        show_search(client)
