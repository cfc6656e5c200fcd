"""Why a movie is in a list."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.api.answers import Reason
from dashboard.parts.cards import Bar
from dashboard.wording import natural_title, percent


def why(because: Sequence[Reason], score: float) -> list[Bar]:
    """Return a bar for each reason: its part of the score, which all rated movies add up to."""
    if score <= 0:
        return []
    parts = [(reason, min(1.0, max(0.0, reason.contribution / score))) for reason in because]
    return [Bar(natural_title(reason.title), part, percent(part)) for reason, part in parts]
