"""Titles and genres as MovieLens writes them."""

from __future__ import annotations

import re

# "Heat (1995)", also "Fawlty Towers (1975-1979)" and "Game of Thrones (2011- )".
_YEAR = re.compile(r"\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\s*\)\s*$")
_NO_GENRES = {"", "(no genres listed)"}


def split_title(text: str) -> tuple[str | None, int | None]:
    """Part a title from the year at its end; what is missing is None."""
    stripped = text.strip()
    found = _YEAR.search(stripped)
    if found and found.start() > 0:
        return stripped[: found.start()], int(found[1])
    return stripped or None, None


def split_genres(text: str) -> tuple[str, ...]:
    """Part genres at their bars; "(no genres listed)" is none."""
    if text.strip() in _NO_GENRES:
        return ()
    return tuple(dict.fromkeys(genre.strip() for genre in text.split("|") if genre.strip()))
