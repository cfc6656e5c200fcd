"""A report as a page: the verdict in plain words, every measure with its trend, Evidently below."""

from __future__ import annotations

from html import escape

from drift_monitor.schemas import MeasureView, ReportView, TrainingRequested, TrendPoint

_TITLES = {
    "drift": "Drift was found",
    "no_drift": "No drift was found",
    "not_enough_data": "Not enough data to tell",
}
_LABELS = {"ok": "ok", "drift": "drift", "not_enough_data": "not enough data"}
_STYLE = """
.matinee { font: 16px/1.5 system-ui, sans-serif; color: #1c1f26; background: #fff;
  max-width: 1080px; margin: 0 auto; padding: 24px; }
.matinee h1 { font-size: 28px; margin: 0 0 4px; }
.matinee .facts { color: #5b6270; margin: 0 0 16px; }
.matinee .drift { color: #b3261e; } .matinee .ok, .matinee .no_drift { color: #1b6e3c; }
.matinee .not_enough_data { color: #6b7280; }
.matinee table { border-collapse: collapse; width: 100%; }
.matinee th, .matinee td { text-align: left; padding: 8px 12px 8px 0; vertical-align: top;
  border-bottom: 1px solid #e5e7eb; }
.matinee td.figure { text-align: right; font-variant-numeric: tabular-nums; }
"""
_WIDTH, _HEIGHT = 120, 28


def report_page(report: ReportView, evidently: str | None) -> str:
    """Return a whole page that needs nothing from anywhere.

    Parameters
    ----------
    report : ReportView
        With trends.
    evidently : str or None
        Evidently's page about the columns, which ours is put on top of.
    """
    ours = f"<style>{_STYLE}</style><main class='matinee'>{_content(report)}</main>"
    if evidently is None:
        return (
            "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
            f"<title>Matinee: drift</title></head><body>{ours}</body></html>"
        )
    head, body, rest = evidently.partition("<body>")
    return f"{head}{body}{ours}{rest}"


def _content(report: ReportView) -> str:
    counts = report.counts or {}
    verdict = report.verdict or "not_enough_data"
    span = f"{report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC"
    facts = (
        f"Arrived from {span}: ratings {counts.get('ratings', 0)}, users {counts.get('users', 0)}, "
        f"lists {counts.get('lists', 0)}; compared with model "
        f"{escape(report.model_version or 'unknown')}"
    )
    training = report.training.reason if report.training else ""
    rows = "".join(_row(measure) for measure in report.measures or [])
    return (
        f"<h1 class='{verdict}'>{_TITLES[verdict]}</h1><p class='facts'>{facts}</p>"
        f"<p>{escape(report.summary or '')}</p>"
        f"<p><b>Training {_what_became_of(report.training)}</b>: {escape(training)}</p>"
        "<table><thead><tr><th>Measure</th><th>Verdict</th><th>Score</th><th>Threshold</th>"
        f"<th>Trend</th><th>In plain words</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _what_became_of(training: TrainingRequested | None) -> str:
    if training is None or not training.requested:
        return "was not started"
    return "was started" if training.confirmed else "was perhaps started"


def _row(measure: MeasureView) -> str:
    score = "" if measure.score is None else f"{measure.score:.3f}"
    return (
        f"<tr><td>{escape(measure.name)}</td>"
        f"<td class='{measure.verdict}'>{_LABELS[measure.verdict]}</td>"
        f"<td class='figure'>{score}</td><td class='figure'>{measure.threshold:g}</td>"
        f"<td>{_sparkline(measure)}</td><td>{escape(measure.explanation)}</td></tr>"
    )


def _sparkline(measure: MeasureView) -> str:
    """Draw the scores of past reports, and the threshold as a dashed line."""
    points = [point for point in measure.trend if point.score is not None]
    if len(points) < 2:
        return ""
    highest = max(measure.threshold, *(point.score or 0.0 for point in points)) * 1.1
    line = " ".join(_place(point, i, len(points), highest) for i, point in enumerate(points))
    limit = _HEIGHT * (1 - measure.threshold / highest)
    return (
        f"<svg width='{_WIDTH}' height='{_HEIGHT}' role='img' "
        f"aria-label='{len(points)} past scores of {escape(measure.name)}'>"
        f"<line x1='0' x2='{_WIDTH}' y1='{limit:.1f}' y2='{limit:.1f}' stroke='#9ca3af' "
        f"stroke-dasharray='3 3'/>"
        f"<polyline points='{line}' fill='none' stroke='#3b6ea5' stroke-width='2'/></svg>"
    )


def _place(point: TrendPoint, place: int, n_points: int, highest: float) -> str:
    x = _WIDTH * place / (n_points - 1)
    return f"{x:.1f},{_HEIGHT * (1 - (point.score or 0.0) / highest):.1f}"
