"""What one visitor's session remembers; nothing of it is stored anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import streamlit as st

from dashboard.api.answers import Movie

_KEY = "_matinee"
# The key of the newcomer among guests.
VISITOR = "me"


@dataclass
class Asked:
    """A movie that a newcomer was shown, and the stars that it got."""

    movie: Movie
    stars: float | None = None


@dataclass(frozen=True)
class Change:
    """A rating given, changed or removed; None where there is none."""

    user_id: int
    movie: Movie
    before: float | None
    after: float | None


@dataclass
class Guest:
    """Somebody without an account who takes part in a movie night."""

    name: str
    ratings: dict[int, float]

    @property
    def key(self) -> str:
        """Tells guests from users, who are plain numbers."""
        return f"guest:{self.name}"


@dataclass
class Notice:
    """Something to tell on the next page that is drawn."""

    kind: str
    text: str


@dataclass(frozen=True)
class Address:
    """A page, and what its address says."""

    page: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Choice:
    """What a visitor chose: kept for the visit, and said by the address where it was made."""

    value: str = ""
    # What it was while this page's address did not say it; None when it always did.
    unsaid: str | None = None


@dataclass
class Session:
    """One visitor."""

    address: Address = Address()
    user: Choice = field(default_factory=Choice)
    # The users of a movie night, with commas between them.
    people: Choice = field(default_factory=Choice)

    # Counts what was done, so that a component is drawn anew even when the answer is the same.
    revision: int = 0
    # The number of the last action on each list of cards that was done.
    answered: dict[str, int] = field(default_factory=dict)
    # The movies that were on cards.
    shown: dict[int, Movie] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    # The newcomer: everything asked so far, in order.
    asked: dict[int, Asked] = field(default_factory=dict)
    saved_as: int | None = None
    guests: list[Guest] = field(default_factory=list)
    # Who brought ratings and is not coming to the movie night: keys of guests, or `VISITOR`.
    absent: set[str] = field(default_factory=set)
    # For undoing.
    last_change: Change | None = None
    # The movie whose similar ones are shown in a dialog.
    similar_to: Movie | None = None
    # Where to go before anything is drawn: page and query.
    destination: tuple[str, dict[str, str]] | None = None
    slots: dict[str, Any] = field(default_factory=dict)

    @property
    def visitor_ratings(self) -> dict[int, float]:
        """What the newcomer rated."""
        return {
            movie_id: asked.stars
            for movie_id, asked in self.asked.items()
            if asked.stars is not None
        }

    def say(self, kind: str, text: str) -> None:
        """Tell something once: kind is "done" or "problem"."""
        self.notices.append(Notice(kind, text))


def session() -> Session:
    """Return this visitor's session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return cast(Session, st.session_state[_KEY])
