"""Decides whether a challenger takes over; pure, so that the rule can be read and tested."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
class HeadToHead:
    """The metrics of both on the ratings that were held out and are newer than the champion.

    `noise` is how much worse chance alone makes one of two equal models look on so few users.
    """

    n_ratings: int
    n_users: int
    champion: Mapping[str, float]
    challenger: Mapping[str, float]
    noise: Tolerance


@dataclass(frozen=True, slots=True)
class PromotionDecision:
    """Whether the challenger becomes champion, and why in one sentence."""

    promote: bool
    reason: str


def decide(
    champion: Mapping[str, float] | None,
    challenger: Mapping[str, float],
    tolerance: Tolerance,
    head_to_head: HeadToHead | None = None,
) -> PromotionDecision:
    """Compare two versions by their own evaluations, or by one on the same ratings if there is one.

    `champion` is None before the first promotion. Popularity has to be beaten in the challenger's
    own evaluation: a head-to-head may have ten users, among whom chance decides that.
    """
    compared = challenger if head_to_head is None else head_to_head.challenger
    if not _are_finite(challenger, POPULARITY_QUALITY, LIST_QUALITY, STAR_ERROR) or not _are_finite(
        compared, LIST_QUALITY, STAR_ERROR
    ):
        return PromotionDecision(False, "the challenger's metrics are missing or not finite")
    quality, popularity = challenger[LIST_QUALITY], challenger[POPULARITY_QUALITY]
    if quality < popularity:
        return PromotionDecision(
            False, f"NDCG@10 {quality:.4f} is below that of plain popularity, {popularity:.4f}"
        )
    if champion is None:
        return PromotionDecision(True, "the first model")
    if head_to_head is None:
        return _compare(champion, challenger, tolerance)
    allowed = tolerance.plus(head_to_head.noise)
    decision = _compare(head_to_head.champion, head_to_head.challenger, allowed)
    among = f"{head_to_head.n_ratings} ratings of {head_to_head.n_users} users"
    return replace(decision, reason=f"on {among} new to both: {decision.reason}")


def _are_finite(metrics: Mapping[str, float], *names: str) -> bool:
    return all(math.isfinite(metrics.get(name, math.nan)) for name in names)


def _compare(
    champion: Mapping[str, float], challenger: Mapping[str, float], tolerance: Tolerance
) -> PromotionDecision:
    quality, error = challenger[LIST_QUALITY], challenger[STAR_ERROR]
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
