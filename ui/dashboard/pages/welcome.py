"""For you while nobody is chosen: a way to a list of one's own, and what everybody watches."""

from __future__ import annotations

import streamlit as st

from dashboard.api.answers import PopularMovies
from dashboard.api.client import Client
from dashboard.navigation import go
from dashboard.parts.cards import Card, show_cards
from dashboard.parts.loading import arrived, begin
from dashboard.parts.people import choose_user
from dashboard.parts.problems import section
from dashboard.parts.text import show_empty
from dashboard.wording import t, tn

N_POPULAR = 12


def show_welcome(client: Client) -> None:
    """Draw what a first visit begins with: no list of somebody whom a click would rate for."""
    users, popular = begin(client.users), begin(lambda: client.popular(N_POPULAR))
    with st.container(border=True, key="welcome"):
        st.subheader(t("welcome.title"), anchor=False)
        st.markdown(t("welcome.advice"))
        st.button(
            t("welcome.begin"),
            key="begin",
            type="primary",
            icon=":material/star:",
            on_click=go,
            args=("new_here",),
        )
    choose_user(users)
    st.subheader(t("welcome.popular"))
    with section("popular"):
        _show_popular(arrived(popular, cards=N_POPULAR))


def _show_popular(popular: PopularMovies) -> None:
    if not popular.items:
        show_empty(t("for_you.nothing"), t("welcome.none"))
        return
    show_cards(
        "popular",
        t("welcome.popular"),
        [
            Card(movie, position=place, note=tn("new_here.known", movie.n_ratings))
            for place, movie in enumerate(popular.items, start=1)
        ],
        {"open": lambda movie: go("catalogue", movie=movie.movie_id)},
    )
