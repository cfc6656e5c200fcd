"""Rating a movie for a user, taking it back, and undoing either."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from dashboard.api.answers import Movie
from dashboard.api.client import Client
from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.parts.problems import sentence
from dashboard.session import session
from dashboard.wording import natural_title, stars, t

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Rater:
    """What clicks on a user's cards do; the pages draw what is so afterwards."""

    client: Client
    user_id: int
    ratings: Mapping[int, float]
    """What the user gave before, as far as it is known."""

    def rate(self, movie: Movie, given: float) -> None:
        """Store a rating."""
        before = self.ratings.get(movie.movie_id)
        saved = _attempt(lambda: self.client.rate(self.user_id, movie.movie_id, given))
        if saved is not None:
            here = session()
            here.say("done", t("for_you.rated_done", title=_title(movie), stars=stars(given)))
            can_undo = before is not None or not saved.replaced
            here.last_rating = (self.user_id, movie, before) if can_undo else None

    def forget(self, movie: Movie) -> None:
        """Take a rating back."""
        before = self.ratings.get(movie.movie_id)
        if _take_back(self.client, self.user_id, movie.movie_id):
            here = session()
            here.say("done", t("for_you.forgotten", title=_title(movie)))
            here.last_rating = (self.user_id, movie, before) if before else None


def offer_undo(client: Client, user_id: int) -> None:
    """Say what was rated last, with a button that takes it back."""
    last = session().last_rating
    if last is None or last[0] != user_id:
        return
    _, movie, _ = last
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.markdown(t("for_you.rated_last", title=_title(movie)), width="content")
        st.button(
            t("for_you.rated_undo"),
            key="undo",
            icon=":material/undo:",
            type="tertiary",
            on_click=_undo,
            args=(client,),
        )


def _undo(client: Client) -> None:
    here = session()
    last, here.last_rating = here.last_rating, None
    if last is None:  # the second click of a double click
        return
    user_id, movie, before = last
    if before is None:
        done = _take_back(client, user_id, movie.movie_id)
    else:
        done = _attempt(lambda: client.rate(user_id, movie.movie_id, before)) is not None
    if done:
        here.say("done", t("for_you.rated_undone", title=_title(movie)))


def _title(movie: Movie) -> str:
    return plain(natural_title(movie.title))


def _take_back(client: Client, user_id: int, movie_id: int) -> bool:
    try:
        client.take_back(user_id, movie_id)
    except ApiError as error:
        if error.code != "not_found":  # it is gone already, which is what was wanted
            session().say("problem", sentence(error))
            return False
    return True


def _attempt(act: Callable[[], Answer]) -> Answer | None:
    try:
        return act()
    except ApiError as error:
        session().say("problem", sentence(error))
        return None
