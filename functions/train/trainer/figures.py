"""Draws what a run measured, for the page of the run in MLflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trainer.evaluate import Evaluation

_HISTORY_LENGTHS = (0, 20, 50, 100, 200, 500, 1_000_000)


def draw_figures(evaluation: Evaluation, folder: Path) -> None:
    """Write one PNG for each figure into an existing folder."""
    # Imported here: it takes a second, and most invocations draw nothing. No pyplot, which
    # would look for a display and keep every figure.
    from matplotlib.figure import Figure

    for name, draw in (
        ("ndcg_by_method", _draw_methods),
        ("ndcg_by_history_length", _draw_history_lengths),
        ("error_by_rating", _draw_errors),
    ):
        figure = Figure(figsize=(7, 4), layout="constrained")
        draw(figure.subplots(), evaluation)
        figure.savefig(folder / f"{name}.png", dpi=120)


def _draw_methods(axes: Any, evaluation: Evaluation) -> None:
    methods = sorted(evaluation.lists, key=lambda method: evaluation.lists[method].ndcg.mean())
    means = [float(evaluation.lists[method].ndcg.mean()) for method in methods]
    axes.bar_label(axes.barh(methods, means, color="#3b6ea5"), fmt="%.4f", padding=4)
    axes.set(title="Quality of lists by method", xlabel="NDCG@10")
    axes.margins(x=0.15)


def _draw_history_lengths(axes: Any, evaluation: Evaluation) -> None:
    report = evaluation.lists["ranker"]
    lengths = evaluation.split.train.lengths[report.users]
    labels, means = [], []
    for low, high in zip(_HISTORY_LENGTHS, _HISTORY_LENGTHS[1:], strict=False):
        chosen = (lengths >= low) & (lengths < high)
        if chosen.any():
            label = f"{low} to {high - 1}" if high < _HISTORY_LENGTHS[-1] else f"{low} or more"
            labels.append(f"{label}\n{chosen.sum()} users")
            means.append(float(report.ndcg[chosen].mean()))
    axes.bar_label(axes.bar(labels, means, color="#3b6ea5"), fmt="%.3f", padding=2)
    axes.set(title="Quality of lists by length of history", ylabel="NDCG@10", xlabel="ratings")
    axes.margins(y=0.1)


def _draw_errors(axes: Any, evaluation: Evaluation) -> None:
    ratings = evaluation.split.test.ratings
    errors = evaluation.predicted - ratings
    stars = np.unique(ratings)
    axes.boxplot(
        [errors[ratings == value] for value in stars],
        tick_labels=[f"{value:g}" for value in stars],
        showfliers=False,
    )
    axes.axhline(0, color="#888888", linewidth=1)
    axes.set(title="Error by rating", xlabel="rating, stars", ylabel="predicted minus rated, stars")
