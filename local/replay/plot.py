"""A replay as one picture: quality of both models over time, drift, and when models changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replay.measuring import Quality
from replay.steps import Step

SMOOTHED_STEPS = 4
_SERVED, _FIRST = "#3b6ea5", "#c0603a"
_PROMOTED, _REFUSED = "#2e8b57", "#999999"
_MOST_TIMES_LIMIT = 4.0


def draw(steps: Sequence[Step], path: Path, *, n: int, title: str) -> None:
    """Write the picture as a PNG."""
    # Imported here: it takes a second, and a replay that has no step draws nothing. No pyplot,
    # which would look for a display.
    from matplotlib.figure import Figure

    measures = measure_names(steps)
    heat_rows = max(2.0, 0.28 * len(measures))
    figure = Figure(figsize=(13, 8 + heat_rows), layout="constrained")
    axes = figure.subplots(4, 1, sharex=True, height_ratios=[2.4, 2.4, 1.8, heat_rows])
    _draw_lines(axes[0], steps, f"NDCG@{n}", lambda quality: quality.ndcg)
    _draw_lines(axes[1], steps, "RMSE, stars", lambda quality: quality.rmse)
    _draw_lines(axes[2], steps, "coverage", lambda quality: quality.coverage)
    axes[2].yaxis.set_major_formatter(lambda share, _: f"{share:.1%}")
    for panel in axes[:3]:
        _mark_trainings(panel, steps)
    _name_models(axes[0], steps)
    figure.suptitle(title, x=0.01, horizontalalignment="left", fontsize=11)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=4)
    _draw_scores(figure, axes[3], steps, measures)
    _name_steps(axes[3], steps)
    figure.savefig(path, dpi=110, format="png")


def measure_names(steps: Sequence[Step]) -> list[str]:
    """Return the drift measures in the order of the reports."""
    return list(dict.fromkeys(found["name"] for step in steps for found in step.drift.measures))


def times_limit(steps: Sequence[Step], measures: Sequence[str]) -> NDArray[np.float64]:
    """Return scores over their limits, a row each measure and a column each step.

    The limit is the threshold, or what chance can do where that is more. Drift begins at 1; what
    could not be judged is nan.
    """
    table = np.full((len(measures), len(steps)), np.nan)
    for column, step in enumerate(steps):
        for found in step.drift.measures:
            if found["score"] is not None:
                limit = max(found["threshold"], found.get("chance") or 0.0)
                table[measures.index(found["name"]), column] = found["score"] / limit
    return table


def first_places(steps: Sequence[Step]) -> list[int]:
    """Return, for each model that served, the place of its first step."""
    places: dict[str, int] = {}
    for place, step in enumerate(steps):
        places.setdefault(step.serving.version, place)
    return list(places.values())


def smooth(values: Sequence[float | None]) -> list[float]:
    """Return the mean of the last few steps at each; steps without a value are left out."""
    numbers = np.array([np.nan if value is None else value for value in values], float)
    means = []
    for end in range(1, len(numbers) + 1):
        recent = numbers[max(0, end - SMOOTHED_STEPS) : end]
        known = recent[~np.isnan(recent)]
        means.append(float(known.mean()) if len(known) else np.nan)
    return means


def _draw_lines(
    axes: Any, steps: Sequence[Step], label: str, pick: Callable[[Quality], float | None]
) -> None:
    places = np.arange(len(steps))
    for name, color, values in (
        ("never retrained", _FIRST, [pick(step.first) for step in steps]),
        ("served", _SERVED, [pick(step.served) for step in steps]),
    ):
        each = np.array([np.nan if value is None else value for value in values], float)
        axes.plot(places, each, ".", color=color, alpha=0.45, markersize=5)
        axes.plot(places, smooth(values), color=color, label=name)
    axes.set_ylabel(label)
    axes.grid(alpha=0.25)


def _mark_trainings(axes: Any, steps: Sequence[Step]) -> None:
    """Draw a line where a model was trained, at the end of the step that led to it."""
    labelled = set()
    for place, step in enumerate(steps):
        if step.training is not None:
            promoted = step.training.promoted
            axes.axvline(
                place + 0.5,
                color=_PROMOTED if promoted else _REFUSED,
                linestyle="-" if promoted else ":",
                linewidth=0.9,
                label=None if promoted in labelled else ("promoted" if promoted else "refused"),
            )
            labelled.add(promoted)


def _name_models(axes: Any, steps: Sequence[Step]) -> None:
    """Write the number of each model, as in the table, where it begins to serve."""
    for number, place in enumerate(first_places(steps), start=1):
        axes.annotate(
            f"#{number}",
            (place - 0.45, 1.0),
            xycoords=("data", "axes fraction"),
            # In two lines, so that neighbours do not cover each other.
            xytext=(0, 2 if number % 2 else 9),
            textcoords="offset points",
            fontsize=7,
        )


def _draw_scores(figure: Any, axes: Any, steps: Sequence[Step], measures: Sequence[str]) -> None:
    """Colour each score by how far it is below or above its limit; grey is not judged."""
    shares = times_limit(steps, measures)
    axes.set_facecolor("#e6e6e6")
    if not shares.size:
        return
    colors = np.log2(np.clip(shares, 1 / _MOST_TIMES_LIMIT, _MOST_TIMES_LIMIT))
    limit = np.log2(_MOST_TIMES_LIMIT)
    image = axes.imshow(colors, aspect="auto", cmap="RdYlGn_r", vmin=-limit, vmax=limit)
    axes.set_yticks(range(len(measures)), measures, fontsize=8)
    bar = figure.colorbar(image, ax=axes, pad=0.01)
    ticks = [-limit, 0, limit]
    bar.set_ticks(ticks, labels=[f"{2**tick:g}×" for tick in ticks])
    bar.set_label("score / limit; grey: not judged", fontsize=8)


def _name_steps(axes: Any, steps: Sequence[Step]) -> None:
    every = max(1, len(steps) // 12)
    places = range(0, len(steps), every)
    axes.set_xticks(places, [f"{steps[place].window.begins:%Y-%m}" for place in places])
    axes.set_xlim(-0.6, len(steps) - 0.4)
