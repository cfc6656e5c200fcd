"""The catalogue: search, and one movie's own page."""

from __future__ import annotations

import streamlit as st

from dashboard.address import read_id
from dashboard.api.client import Client
from dashboard.pages.movie import show_movie
from dashboard.pages.search import show_search

MOVIE_KEY = "movie"


def show(client: Client) -> None:
    """Draw the movie that the address names, or the search."""
    movie_id = read_id(st.query_params.get(MOVIE_KEY))
    if movie_id is None:
        show_search(client)
    else:
        show_movie(client, movie_id)
