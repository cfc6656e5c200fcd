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
from dashboard.session import Change, session
from dashboard.wording import natural_title, stars, t, tstars

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
            here.say(
                "done", tstars("for_you.rated_done", given, title=_title(movie), stars=stars(given))
            )
            can_undo = before is not None or not saved.replaced
            change = Change(self.user_id, movie, before, given)
            here.last_change = change if can_undo else None

    def forget(self, movie: Movie) -> None:
        """Take a rating back."""
        before = self.ratings.get(movie.movie_id)
        if _take_back(self.client, self.user_id, movie.movie_id):
            here = session()
            here.say("done", t("for_you.forgotten", title=_title(movie)))
            change = Change(self.user_id, movie, before, None)
            here.last_change = change if before else None


def offer_undo(client: Client, user_id: int) -> None:
    """Say what was rated or removed last, with a button that takes it back."""
    last = session().last_change
    if last is None or last.user_id != user_id:
        return
    key = "for_you.removed_last" if last.after is None else "for_you.rated_last"
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.markdown(t(key, title=_title(last.movie)), width="content")
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
    last, here.last_change = here.last_change, None
    if last is None:  # the second click of a double click
        return
    user_id, movie_id, before = last.user_id, last.movie.movie_id, last.before
    if before is None:
        done = _take_back(client, user_id, movie_id)
    else:
        done = _attempt(lambda: client.rate(user_id, movie_id, before)) is not None
    if done:
        here.say("done", t("for_you.rated_undone", title=_title(last.movie)))


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
