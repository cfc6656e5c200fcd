"""Draws what a run measured, for the page of the run in MLflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trainer.breakdown import by_history_length
from trainer.evaluate import Evaluation


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
    groups = by_history_length(lengths, report.ndcg)
    labels = [f"{group.label}\n{group.n_users} users" for group in groups]
    means = [group.ndcg for group in groups]
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
