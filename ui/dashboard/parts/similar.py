"""The dialog with movies like one."""

from __future__ import annotations

import streamlit as st

from dashboard.api.answers import Movie
from dashboard.api.client import Client
from dashboard.escaping import plain
from dashboard.navigation import follow, go
from dashboard.parts.cards import Card, show_cards
from dashboard.parts.loading import arrived, begin
from dashboard.parts.problems import section
from dashboard.parts.text import show_empty
from dashboard.session import session
from dashboard.wording import natural_title, t


def ask_for_similar(movie: Movie) -> None:
    """Open the dialog when the current callback is over."""
    session().similar_to = movie


def show_similar_if_asked(client: Client) -> None:
    """Open the dialog that a callback asked for."""
    here = session()
    if here.similar_to is not None:
        movie, here.similar_to = here.similar_to, None
        st.dialog(t("similar.title"), width="medium")(_draw)(client, movie)


def _draw(client: Client, movie: Movie) -> None:
    follow(client)
    title = natural_title(movie.title)
    st.markdown(t("similar.lead", title=plain(title)))
    with section("similar"):
        found = arrived(begin(lambda: client.similar(movie.movie_id)), height=320)
        if not found.items:
            show_empty(t("similar.title"), t("similar.empty"))
            return
        show_cards(
            "similar-cards",
            t("similar.list", title=title),
            [Card(item) for item in found.items],
            {"open": lambda chosen: go("catalogue", movie=chosen.movie_id)},
            layout="rows",
        )
