"""Movies as cards, and what somebody does with them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.api.answers import Movie
from dashboard.session import session
from dashboard.wording import decimal, genre, language, natural_title, stars, t, tstars

_ASSETS = Path(__file__).parents[1] / "assets"
# A colour for each genre, as an angle; others get one from their name.
_HUES = {
    "Action": 25,
    "Adventure": 55,
    "Animation": 75,
    "Children": 95,
    "Comedy": 65,
    "Crime": 5,
    "Documentary": 150,
    "Drama": 265,
    "Fantasy": 310,
    "Film-Noir": 275,
    "Horror": 18,
    "IMAX": 230,
    "Musical": 340,
    "Mystery": 290,
    "Romance": 355,
    "Sci-Fi": 220,
    "Thriller": 245,
    "War": 120,
    "Western": 45,
}
_NO_GENRE_HUE = 265
_SMALL_WORDS = {
    "the",
    "a",
    "an",
    "of",
    "and",
    "in",
    "on",
    "to",
    "le",
    "la",
    "les",
    "de",
    "du",
    "et",
}


@dataclass(frozen=True)
class Bar:
    """A line with a bar: a reason, or a person."""

    label: str
    part: float
    text: str
    is_weak: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Card:
    """A movie and what is said about it."""

    movie: Movie
    position: int | None = None
    predicted: float | None = None
    bars_title: str = ""
    bars: Sequence[Bar] = ()
    note: str = ""
    can_rate: bool = False
    rating: float | None = None
    actions: Sequence[str] = ()
    """Of "similar", "forget", "skip"; `on` says what each does."""
    links: Mapping[str, str] = field(default_factory=dict)
    opens: bool = True


def show_cards(
    key: str,
    label: str,
    cards: Sequence[Card],
    on: Mapping[str, Callable[..., None]],
    *,
    layout: str = "grid",
) -> None:
    """Draw cards; `on` says what each action does with a movie (and stars)."""
    # A click may come from a list that was drawn before this one.
    session().shown |= {card.movie.movie_id: card.movie for card in cards}
    data = {
        "revision": session().revision,
        "answered": session().answered.get(key, 0),
        "layout": layout,
        "lang": language(),
        "label": label,
        "words": {
            "stars": [
                tstars("stars.given", half / 2, stars=stars(half / 2)) for half in range(1, 11)
            ],
            "short": [stars(half / 2) for half in range(1, 11)],
            "no_stars": t("stars.none"),
            "stars_help": t("stars.help"),
        },
        "cards": [_data(card) for card in cards],
    }
    _component()(key=key, data=data, on_actions_change=lambda: _dispatch(key, on))


def initials(title: str) -> str:
    """Return the one or two letters that stand for a title."""
    words = [word for word in title.split() if any(map(str.isalnum, word))]
    telling = [word for word in words if word.lower() not in _SMALL_WORDS] or words
    letters = [next(filter(str.isalnum, word)) for word in telling[:2]]
    return "".join(letters).upper() or "?"


def hues(genres: Sequence[str]) -> tuple[int, int]:
    """Return the two colours of a movie, as angles."""
    known = [_HUES[name] if name in _HUES else zlib.crc32(name.encode()) % 360 for name in genres]
    first = known[0] if known else _NO_GENRE_HUE
    return first, known[1] if len(known) > 1 else (first + 38) % 360


def meta(movie: Movie) -> str:
    """Return year and genres as one line."""
    names = ", ".join(genre(name) for name in movie.genres)
    return " · ".join(part for part in (str(movie.year or ""), names) if part)


def _data(card: Card) -> dict[str, Any]:
    movie = card.movie
    title = natural_title(movie.title)
    hue, hue_2 = hues(movie.genres)
    return {
        "id": movie.movie_id,
        "title": title,
        "meta": meta(movie),
        "initials": initials(title),
        "hue": str(hue),
        "hue_2": str(hue_2),
        "position": card.position,
        "predicted": _predicted(card.predicted),
        "rows_title": card.bars_title,
        "rows": [
            {
                "label": bar.label,
                "part": bar.part,
                "text": bar.text,
                "weak": bar.is_weak,
                "detail": bar.detail,
            }
            for bar in card.bars
        ],
        "note": card.note,
        "stars": _stars(card, title) if card.can_rate else None,
        "actions": [
            {
                "do": action,
                "label": t(f"cards.{action}"),
                "name": t(f"cards.{action}_name", title=title),
            }
            for action in card.actions
        ],
        "links": [{"label": label, "href": href} for label, href in card.links.items()],
        "opens": card.opens,
    }


def _predicted(value: float | None) -> dict[str, str] | None:
    if value is None:
        return None
    text = decimal(value)
    return {"text": text, "label": tstars("stars.predicted", value, stars=text)}


def _stars(card: Card, title: str) -> dict[str, Any]:
    return {"value": card.rating, "label": t("stars.rate", title=title)}


def _dispatch(key: str, on: Mapping[str, Callable[..., None]]) -> None:
    """Do what was clicked since the last time, in order."""
    here = session()
    here.revision += 1
    for done in st.session_state[key].get("actions") or ():
        if done["number"] <= here.answered.get(key, 0):
            continue
        here.answered[key] = done["number"]
        act, movie = on.get(done["do"]), here.shown.get(done["movie_id"])
        if act is None or movie is None:  # nothing that this page still offers
            continue
        stars_given = (float(done["stars"]),) if done["do"] == "rate" else ()
        act(movie, *stars_given)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "matinee_cards",
        html='<ul class="cards"></ul>',
        css=(_ASSETS / "cards.css").read_text(encoding="utf-8"),
        js=(_ASSETS / "cards.js").read_text(encoding="utf-8"),
    )
