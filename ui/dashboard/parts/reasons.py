"""Why a movie is in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.api.answers import Reason
from dashboard.parts.cards import Bar
from dashboard.wording import natural_title, percent, t

# What got fewer stars was not liked, though it may still say what somebody watches.
LIKED_STARS = 3.0


def heading(because: Sequence[Reason], ratings: Mapping[int, float]) -> str:
    """Say what reasons are: films known to be liked, or some that were rated somehow."""
    liked = all(ratings.get(reason.movie_id, 0.0) >= LIKED_STARS for reason in because)
    return t("cards.because" if liked else "cards.because_rated")


def why(because: Sequence[Reason], score: float) -> list[Bar]:
    """Return a bar for each reason: its part of the score, which all rated movies add up to."""
    if score <= 0:
        return []
    parts = [(reason, min(1.0, max(0.0, reason.contribution / score))) for reason in because]
    return [Bar(natural_title(reason.title), part, percent(part)) for reason, part in parts]
