"""What one visitor's session remembers; nothing of it is stored anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import streamlit as st

_KEY = "_matinee"


@dataclass
class Asked:
    """A movie that a newcomer was shown, and the stars that it got."""

    movie_id: int
    title: str
    year: int | None
    genres: list[str]
    stars: float | None = None


@dataclass
class Guest:
    """Somebody without an account who takes part in a movie night."""

    name: str
    ratings: dict[int, float]


@dataclass
class Notice:
    """Something to tell on the next page that is drawn."""

    kind: str
    text: str


@dataclass
class Session:
    """One visitor."""

    # Counts what was done, so that a component is drawn anew even when the answer is the same.
    revision: int = 0
    notices: list[Notice] = field(default_factory=list)
    # The newcomer: everything asked so far, in order.
    asked: dict[int, Asked] = field(default_factory=dict)
    saved_as: int | None = None
    guests: list[Guest] = field(default_factory=list)
    # What the last rating replaced, for undoing: user, movie, title, stars before.
    last_rating: tuple[int, int, str, float | None] | None = None
    # The movie whose similar ones are shown in a dialog.
    similar_to: tuple[int, str] | None = None
    # Where to go before anything is drawn: page and query.
    destination: tuple[str, dict[str, str]] | None = None
    slots: dict[str, Any] = field(default_factory=dict)

    @property
    def visitor_ratings(self) -> dict[int, float]:
        """What the newcomer rated."""
        return {a.movie_id: a.stars for a in self.asked.values() if a.stars is not None}

    def say(self, kind: str, text: str) -> None:
        """Tell something once: kind is "done" or "problem"."""
        self.notices.append(Notice(kind, text))


def session() -> Session:
    """Return this visitor's session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return cast(Session, st.session_state[_KEY])
