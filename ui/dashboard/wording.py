"""English and French: which one is spoken, and how things are said in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

LANGUAGES = {"en": "English", "fr": "Français"}
LANGUAGE_KEY = "lang"
# A title, or what is said of it in parentheses: its title in another language, mostly.
_PARTS = re.compile(r"[^()]+")
_FILED = re.compile(r"^(.+), (The|A|An|Le|La|Les|L'|Das|Der|Die|El|Il)( *)$")
_FOLDER = Path(__file__).parent / "texts"
_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "fr": "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.",
}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all texts of a language, by dotted key."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        tables = tomllib.load(file)
    return {
        f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()
    }


def preferred(accept_language: str) -> str:
    """Return our language that a browser likes best: ``fr-CH, fr;q=0.9, en;q=0.8``."""
    wishes = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            liking = float(weight) if weight else 1.0
        except ValueError:
            liking = 0.0
        wishes.append((-liking, place, tag.strip().lower()[:2]))
    spoken = [language for _, _, language in sorted(wishes) if language in LANGUAGES]
    return spoken[0] if spoken else "en"


def browser_language() -> str:
    """Return the language that this visitor's browser asks for."""
    return preferred(st.context.headers.get("Accept-Language") or st.context.locale or "")


def language() -> str:
    """Return the language of this session."""
    chosen = st.session_state.get(LANGUAGE_KEY)
    return chosen if chosen in LANGUAGES else browser_language()


def t(key: str, /, **values: Any) -> str:
    """Say something in the language of this session."""
    return catalogue(language())[key].format(**values)


def tn(key: str, count: int, /, **values: Any) -> str:
    """Say something about a number of things: ``<key>_one`` or ``<key>_many``."""
    return t(f"{key}_{_form(count)}", count=whole(count), **values)


def tstars(key: str, amount: float, /, **values: Any) -> str:
    """Say something about stars, half ones too: ``<key>_one`` or ``<key>_many``."""
    return t(f"{key}_{_form(amount)}", **values)


def _form(amount: float) -> str:
    """Return which form a noun has: 1½ étoile, but 1½ stars."""
    is_one = amount < 2 if language() == "fr" else amount in (0.5, 1)
    return "one" if is_one else "many"


def has(key: str) -> bool:
    """Return whether there is a text of this key."""
    return key in catalogue(language())


def decimal(value: float, digits: int = 1) -> str:
    """Write a number with its decimals."""
    text = f"{value:,.{digits}f}"
    return text if language() == "en" else text.translate({ord(","): "\u202f", ord("."): ","})


def whole(value: int) -> str:
    """Write a whole number with its thousands apart."""
    return decimal(value, 0)


def stars(value: float) -> str:
    """Write stars that somebody gave: 4, 4½."""
    full, half = divmod(round(value * 2), 2)
    return f"{full or ''}{'½' if half else ''}" or "0"


def percent(part: float, digits: int = 0) -> str:
    """Write a part of one as a percentage."""
    return decimal(part * 100, digits) + ("%" if language() == "en" else "\u202f%")


def duration(seconds: float) -> str:
    """Write a span of time with the one or two units that matter."""
    if seconds < 1:
        return f"{decimal(seconds * 1000, 0)} ms"
    if seconds < 10:
        return f"{decimal(seconds, 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def moment(when: datetime) -> str:
    """Write a date and time as the visitor's clock shows it."""
    local = when.astimezone(_zone())
    month = _MONTHS[language()].split()[local.month - 1]
    return f"{local.day} {month} {local.year}, {local:%H:%M}"


def short_moment(when: datetime) -> str:
    """Write a date and time where there is little room."""
    local = when.astimezone(_zone())
    return f"{local.day} {_MONTHS[language()].split()[local.month - 1]} {local:%H:%M}"


def genre(name: str) -> str:
    """Say a genre's name."""
    texts = catalogue(language())
    return texts.get(f"genres.{name}", name)


def natural_title(title: str) -> str:
    """Put the article of a title before it: "Matrix, The" is filed so, but not said so."""
    return _PARTS.sub(lambda part: _FILED.sub(_with_article_first, part[0]), title)


def _with_article_first(filed: re.Match[str]) -> str:
    head, article, space = filed.groups()
    return f"{article}{'' if article.endswith(chr(39)) else ' '}{head}{space}"


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
