"""Decides whether a challenger takes over; pure, so that the rule can be read and tested."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

LIST_QUALITY = "ranker.ndcg_at_10"
STAR_ERROR = "rater.rmse"
POPULARITY_QUALITY = "popularity.ndcg_at_10"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much worse still counts as not worse.

    Two snapshots are never judged on quite the same ratings, so that a little is noise.
    """

    ndcg_share: float = 0.02
    """Part of the champion's NDCG@10 that may be lost."""
    rmse_stars: float = 0.01
    """Stars that the RMSE may grow by."""

    def plus(self, other: Tolerance) -> Tolerance:
        """Tolerate as much as both together."""
        return Tolerance(self.ndcg_share + other.ndcg_share, self.rmse_stars + other.rmse_stars)


@dataclass(frozen=True, slots=True)
class PromotionDecision:
    """Whether the challenger becomes champion, and why in one sentence."""

    promote: bool
    reason: str


def decide(
    champion: Mapping[str, float] | None, challenger: Mapping[str, float], tolerance: Tolerance
) -> PromotionDecision:
    """Compare the metrics of two versions; `champion` is None before the first promotion."""
    quality, error = challenger.get(LIST_QUALITY, math.nan), challenger.get(STAR_ERROR, math.nan)
    popularity = challenger.get(POPULARITY_QUALITY, math.nan)
    if not all(map(math.isfinite, (quality, error, popularity))):
        return PromotionDecision(False, "the challenger's metrics are missing or not finite")
    if quality < popularity:
        return PromotionDecision(
            False, f"NDCG@10 {quality:.4f} is below that of plain popularity, {popularity:.4f}"
        )
    if champion is None:
        return PromotionDecision(True, "the first model")
    lowest = champion.get(LIST_QUALITY, -math.inf) * (1 - tolerance.ndcg_share)
    if quality < lowest:
        return PromotionDecision(
            False, f"NDCG@10 {quality:.4f} is below {lowest:.4f}, the champion's less tolerance"
        )
    highest = champion.get(STAR_ERROR, math.inf) + tolerance.rmse_stars
    if error > highest:
        return PromotionDecision(
            False, f"RMSE {error:.4f} is above {highest:.4f}, the champion's plus tolerance"
        )
    return PromotionDecision(
        True, f"NDCG@10 {quality:.4f} and RMSE {error:.4f} are not worse than the champion's"
    )
