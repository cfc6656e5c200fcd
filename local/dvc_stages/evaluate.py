"""Stage evaluate: where the model is good and where not, for `dvc metrics` and `dvc plots`."""

from __future__ import annotations

import json
from typing import Any

from dvc_stages.files import (
    EVALUATION_METRICS,
    MEASUREMENTS,
    PLOTS,
    TRAINING_METRICS,
    write_json,
    write_metrics,
)
from dvc_stages.measurements import read_lists, read_ratings
from dvc_stages.parameters import Parameters
from trainer.breakdown import HistoryGroup, StarGroup, by_history_length, by_stars

METHODS = ("ranker", "popularity", "rater_order")


def run(parameters: Parameters) -> None:
    """Group what training measured."""
    ratings, lists = read_ratings(MEASUREMENTS), read_lists(MEASUREMENTS, METHODS[0])
    stars = by_stars(ratings["rating"], ratings["predicted_rating"])
    starts = parameters.evaluate.history_lengths
    groups = by_history_length(lists["history_length"], lists["ndcg_at_10"], starts=starts)
    training = json.loads(TRAINING_METRICS.read_text(encoding="utf-8"))
    coverage = {method: training[f"{method}.coverage"] for method in METHODS}
    write_metrics(EVALUATION_METRICS, _metrics(stars, groups, coverage))
    _write_plots(stars, groups, coverage)


def _metrics(
    stars: list[StarGroup], groups: list[HistoryGroup], coverage: dict[str, float]
) -> dict[str, Any]:
    return {
        "rmse_by_stars": {f"{group.stars:g}": group.rmse for group in stars},
        "ndcg_at_10_by_history_length": {group.label: group.ndcg for group in groups},
        "coverage": coverage,
    }


def _write_plots(
    stars: list[StarGroup], groups: list[HistoryGroup], coverage: dict[str, float]
) -> None:
    """Write one table for each plot; dvc.yaml says how each is drawn."""
    errors = [
        {"stars": g.stars, "rmse": g.rmse, "mae": g.mae, "bias": g.bias, "ratings": g.n_ratings}
        for g in stars
    ]
    lengths = [{"history": g.label, "ndcg_at_10": g.ndcg, "users": g.n_users} for g in groups]
    shares = [{"method": method, "coverage": share} for method, share in coverage.items()]
    write_json(PLOTS / "error_by_rating.json", errors)
    write_json(PLOTS / "ndcg_by_history_length.json", lengths)
    write_json(PLOTS / "coverage.json", shares)
