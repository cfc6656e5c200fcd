"""A replay as text: a line a step, the models, what was refused, and the sums."""

from __future__ import annotations

from collections.abc import Sequence

from replay.steps import Step
from replay.summary import Comparison, Summary, summarize

VERDICTS = {"no_drift": "no drift", "not_enough_data": "not enough data"}
_LEFT = {"window", "drift", "training"}
_WIDEST_DRIFT = 44


def step_line(step: Step, n_steps: int) -> str:
    """Return what is shown while the replay goes on, on one line."""
    numbers = len(str(n_steps))
    return (
        f"{step.window.number:{numbers}}/{n_steps} {step.window}  "
        f"{step.n_ratings:6,} ratings {step.n_users:4,} users  "
        f"NDCG {_number(step.served.ndcg, 3)} (first {_number(step.first.ndcg, 3)})  "
        f"RMSE {_number(step.served.rmse, 2)} ({_number(step.first.rmse, 2)})  "
        f"{_verdict(step)}{_training(step, before='; ')}"
    )


def full_table(steps: Sequence[Step], *, n: int) -> str:
    """Return everything that a person wants to read at the end."""
    parts = [_steps_table(steps, n), _models(steps), _refusals(steps), _sums(summarize(steps), n)]
    return "\n\n".join(part for part in parts if part)


def _steps_table(steps: Sequence[Step], n: int) -> str:
    numbers = _model_numbers(steps)
    rows = [
        {
            "step": str(step.window.number),
            "window": str(step.window),
            "ratings": f"{step.n_ratings:,}",
            "users": f"{step.n_users:,}",
            "new": f"{step.n_new_users / step.n_users:.0%}" if step.n_users else "-",
            "model": f"#{numbers[step.serving.version]}",
            f"NDCG@{n}": _number(step.served.ndcg, 3),
            "first": _number(step.first.ndcg, 3),
            "hits": _share(step.served.hit_rate),
            "RMSE": _number(step.served.rmse, 3),
            "first ": _number(step.first.rmse, 3),
            "cover": _share(step.served.coverage, digits=1),
            "first  ": _share(step.first.coverage, digits=1),
            "drift": _verdict(step),
            "training": _training(step),
        }
        for step in steps
    ]
    if not rows:
        return ""
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    header = {name: name.strip() for name in rows[0]}
    return "\n".join(
        "  ".join(
            f"{row[name]:<{width}}" if name in _LEFT else f"{row[name]:>{width}}"
            for name, width in widths.items()
        ).rstrip()
        for row in [header, *rows]
    )


def _models(steps: Sequence[Step]) -> str:
    """List who served, from when, and why."""
    lines, seen = [], set()
    for step in steps:
        serving = step.serving
        if serving.version not in seen:
            seen.add(serving.version)
            lines.append(f"  #{len(seen)}  {serving.version}  from {step.window.begins:%Y-%m-%d}")
            lines.append(f"      {serving.because}")
    return "\n".join(["Models that served:", *lines]) if lines else ""


def _refusals(steps: Sequence[Step]) -> str:
    lines = [
        f"  step {step.window.number}: {step.training.outcome}: {step.training.decision}"
        for step in steps
        if step.training is not None and not step.training.promoted
    ]
    return "\n".join(["Trained, but did not serve:", *lines]) if lines else ""


def _sums(summary: Summary, n: int) -> str:
    verdicts = ", ".join(
        f"{VERDICTS.get(verdict, verdict)} in {count}"
        for verdict, count in summary.verdicts.items()
    )
    return "\n".join(
        [
            f"{summary.n_steps} steps, {summary.n_ratings:,} ratings, {summary.n_lists:,} lists; "
            f"{verdicts}; {summary.n_trainings} trainings, {summary.n_promoted} promoted.",
            f"{'':24}{'served':>8}{'first model':>13}  difference",
            _comparison(f"NDCG@{n}", summary.ndcg),
            _comparison(f"NDCG@{n} of known users", summary.ndcg_of_known_users),
            _comparison("hit rate", summary.hit_rate),
            _comparison("RMSE", summary.rmse),
        ]
    )


def _comparison(name: str, found: Comparison) -> str:
    difference = ""
    if found.served is not None and found.first is not None:
        difference = f"{found.served - found.first:+.4f}"
        if found.margin is not None:
            difference += f" ± {found.margin:.4f} (95%)"
    return (
        f"{name:<24}{_number(found.served, 4):>8}{_number(found.first, 4):>13}  {difference}"
    ).rstrip()


def _model_numbers(steps: Sequence[Step]) -> dict[str, int]:
    versions = dict.fromkeys(step.serving.version for step in steps)
    return {version: number for number, version in enumerate(versions, start=1)}


def _verdict(step: Step) -> str:
    verdict = step.drift.verdict
    if verdict != "drift":
        return VERDICTS.get(verdict, verdict)
    text = f"drift: {', '.join(step.drift.drifted)}"
    return text if len(text) <= _WIDEST_DRIFT else f"{text[: _WIDEST_DRIFT - 4]} ..."


def _training(step: Step, *, before: str = "") -> str:
    return "" if step.training is None else f"{before}{step.training.outcome}"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _share(value: float | None, *, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}%}"
