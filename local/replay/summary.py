"""Sums a replay up: both models over all steps, and how sure the difference is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from replay.measuring import mean
from replay.steps import Step

_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of the served lists and of the first model's; the interval is of the difference.

    `margin` is half a 95% interval over lists, None where there are too few.
    """

    served: float | None
    first: float | None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole replay in a few numbers."""

    n_steps: int
    n_ratings: int
    n_lists: int
    ndcg: Comparison
    ndcg_of_known_users: Comparison
    hit_rate: Comparison
    rmse: Comparison
    verdicts: dict[str, int]
    n_trainings: int
    n_promoted: int


def summarize(steps: Sequence[Step]) -> Summary:
    """Sum up; every list counts the same, and every rating does."""
    lists = [listed for step in steps for listed in step.lists]
    known = [listed for listed in lists if not listed.is_new_user]
    trainings = [step.training for step in steps if step.training is not None]
    verdicts = [step.drift.verdict for step in steps]
    return Summary(
        n_steps=len(steps),
        n_ratings=sum(step.n_ratings for step in steps),
        n_lists=len(lists),
        ndcg=compare([x.served.ndcg for x in lists], [x.first.ndcg for x in lists]),
        ndcg_of_known_users=compare([x.served.ndcg for x in known], [x.first.ndcg for x in known]),
        hit_rate=compare([x.served.is_hit for x in lists], [x.first.is_hit for x in lists]),
        rmse=Comparison(
            _pooled([(step.served.rmse, step.n_ratings) for step in steps]),
            _pooled([(step.first.rmse, step.n_ratings) for step in steps]),
        ),
        verdicts={verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
        n_trainings=len(trainings),
        n_promoted=sum(training.promoted for training in trainings),
    )


def compare(served: Sequence[float], first: Sequence[float]) -> Comparison:
    """Compare list by list: both models answered the same users at the same moments."""
    differences = np.asarray(served, float) - np.asarray(first, float)
    margin = None
    if len(differences) > 1:
        margin = _NORMAL_95 * float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return Comparison(mean(served), mean(first), margin)


def _pooled(parts: Sequence[tuple[float | None, int]]) -> float | None:
    """Return the RMSE over all steps from those of each."""
    squares = [(error**2 * count, count) for error, count in parts if error is not None]
    total = sum(count for _, count in squares)
    return math.sqrt(sum(square for square, _ in squares) / total) if total else None
