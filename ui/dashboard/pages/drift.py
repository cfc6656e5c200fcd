"""The latest drift report in plain words, its trends, and measuring anew."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from dashboard.api.client import Client
from dashboard.api.errors import ApiError
from dashboard.api.operations import DriftReport, DriftReports, Measure
from dashboard.escaping import html_text
from dashboard.parts.admin import confirm
from dashboard.parts.charts import show_lines
from dashboard.parts.loading import arrived, begin
from dashboard.parts.problems import quoted, section, sentence
from dashboard.parts.tables import Cell, cell_html, show_table
from dashboard.parts.text import show_empty
from dashboard.session import session
from dashboard.settings import settings
from dashboard.wording import decimal, has, language, moment, percent, t, tn, whole

ACTIVE = {"queued", "running"}
LOOK_AGAIN_SECONDS = 2.0
WATCHED = "watched-report"
REPORT_HEIGHT = 900
_LOOKS = {"drift": "bad", "ok": "good", "no_drift": "good", "not_enough_data": "soft"}
_TICKETS = {"drift": "", "no_drift": "good", "not_enough_data": "weak"}
# What is a part of something; the others are plain numbers.
_PARTS = {
    "new_users",
    "new_movies",
    "popularity_top_share",
    "coverage",
    "hit_rate",
    "fallbacks",
}


def show_drift(client: Client, reports: DriftReports) -> None:
    """Draw the newest verdict, and the report that is being made."""
    _tell_of_watched(reports)
    active = next((report for report in reports.reports if report.status in ACTIVE), None)
    newest = next((report for report in reports.reports if report.verdict is not None), None)
    if newest is None:
        show_empty(t("drift.none"), t("drift.none_advice"))
    else:
        with section("latest"):
            latest = arrived(begin(client.latest_drift), height=180)
            _show_verdict(latest)
            _show_measures(latest)
            _show_report(client, latest)
    if active is not None:
        session().slots[WATCHED] = active.report_id
        st.fragment(_watch, run_every=LOOK_AGAIN_SECONDS)(client, active.report_id)
    elif settings().offers_admin:
        _offer(client)
    if reports.reports:
        _list(reports)


def explain(measure: Measure) -> Cell:
    """Say what a measure found; the API does it in English."""
    key = f"drift_found.{measure.name}"
    if language() == "en":
        return Cell(measure.explanation)
    if measure.score is None and measure.n < measure.n_needed:
        return Cell(t("drift.too_few", n=whole(measure.n), needed=whole(measure.n_needed)))
    if measure.score is None:
        return Cell(t("drift.no_result"), said=measure.explanation)
    if not has(key):
        return Cell("", said=measure.explanation)
    values = {
        "score": decimal(measure.score, 3),
        "value": _figure(measure.name, measure.value),
        "reference": _figure(measure.name, measure.reference),
    }
    is_chance = measure.verdict == "ok" and measure.score > measure.threshold
    return Cell(" ".join([t(key, **values), *([t("drift.by_chance")] if is_chance else [])]))


def _show_verdict(report: DriftReport) -> None:
    verdict = report.verdict or "not_enough_data"
    measures = report.measures or []
    found = [measure for measure in measures if measure.verdict == "drift"]
    small = [explain(measure) for measure in found]
    if report.training is not None and report.training.requested:
        small.append(Cell(t("drift.training")))
    elif report.training is not None:
        small.append(Cell(t("drift.no_training"), said=report.training.reason))
    since = moment(report.since) if report.since else "–"
    until = moment(report.until) if report.until else "–"
    model = report.model_version or "–"
    small.append(Cell(t("drift.window", since=since, until=until, model=model)))
    st.html(
        f'<div class="m-ticket {_TICKETS.get(verdict, "weak")}">'
        f"<b>{html_text(t(f'drift.{verdict}'))}</b>"
        f"<p>{html_text(_in_words(report, verdict, found))}</p>"
        + "".join(f"<small>{cell_html(line)}</small>" for line in small)
        + "</div>"
    )


def _in_words(report: DriftReport, verdict: str, found: list[Measure]) -> str:
    if found:
        names = ", ".join(_name(measure.name) for measure in found)
        total = len(report.measures or [])
        return tn("drift.found_in", len(found), total=total, measures=names)
    if language() == "en" and report.summary:
        return report.summary
    key = f"drift.{verdict}_words"
    return t(key) if has(key) else ""


def _show_measures(report: DriftReport) -> None:
    measures = report.measures or []
    if not measures:
        return
    with st.expander(t("drift.measures"), icon=":material/rule:"):
        show_table(
            t("drift.measures"),
            [
                t("drift.measure"),
                t("drift.verdict"),
                t("drift.explanation"),
                t("drift.score"),
                t("drift.threshold"),
            ],
            [_row(measure) for measure in measures],
            numbers=2,
        )
    with_trend = {
        measure.name: measure
        for measure in measures
        if sum(point.score is not None for point in measure.trend) > 1
    }
    if not with_trend:
        st.caption(t("drift.no_trend"))
        return
    chosen = st.selectbox(
        t("drift.trend_of"), list(with_trend), key="trend", format_func=_name, width=340
    )
    _show_trend(with_trend[chosen])


def _show_trend(measure: Measure) -> None:
    points = [point for point in measure.trend if point.score is not None]
    score, limit = t("drift.score"), t("drift.threshold")
    show_lines(
        [
            *(
                {
                    "at": point.at,
                    "series": score,
                    "value": point.score,
                    "marked": point.verdict == "drift",
                }
                for point in points
            ),
            *(
                {"at": point.at, "series": limit, "value": measure.threshold, "marked": False}
                for point in points
            ),
        ],
        alt=t("drift.trend_alt", measure=_name(measure.name)),
        unit=score,
        series=[score, limit],
        height=220,
    )


def _show_report(client: Client, report: DriftReport) -> None:
    """Show the whole report in a frame of its own, whose scripts cannot reach this page."""
    if not st.toggle(t("drift.show_report"), key="show-report"):
        return
    with section("report"):
        page = arrived(begin(lambda: client.drift_page(report.report_id)), height=REPORT_HEIGHT)
        st.iframe(_in_a_sandbox(page), height=REPORT_HEIGHT, alt=t("drift.report"))
        st.download_button(
            t("drift.download"),
            page,
            file_name=f"drift-{report.report_id}.html",
            mime="text/html",
            icon=":material/download:",
        )


def _in_a_sandbox(page: str) -> str:
    """Put a page into a frame of its own: that of Streamlit shares the dashboard's origin."""
    style = "position:fixed;inset:0;width:100%;height:100%;border:0;background:#fff"
    return (
        f'<iframe sandbox="allow-scripts" title="{html_text(t("drift.report"))}" '
        f'style="{style}" srcdoc="{html_text(page)}"></iframe>'
    )


def _offer(client: Client) -> None:
    if st.button(t("drift.measure_now"), key="measure", icon=":material/troubleshoot:"):
        event_id = f"dashboard-{uuid4().hex}"
        confirm(
            t("drift.measure_now"),
            t("drift.measure_question"),
            t("drift.measure_now"),
            lambda token: _begin(client, event_id, token),
            done=t("drift.begun"),
            key="measure",
        )


def _begin(client: Client, event_id: str, token: str) -> None:
    report = client.measure_drift(t("drift.default_reason"), event_id, token=token)
    session().slots[WATCHED] = report.report_id


def _tell_of_watched(reports: DriftReports) -> None:
    """Say that the report is made which was asked for, or under way when last drawn."""
    slots = session().slots
    watched = next((r for r in reports.reports if r.report_id == slots.get(WATCHED)), None)
    if watched is None or watched.status in ACTIVE:
        return
    slots.pop(WATCHED)
    if watched.error:
        session().say("problem", t("drift.failed", said=quoted(watched.error)))
    else:
        session().say("done", t("drift.done"))
    st.rerun()


def _watch(client: Client, report_id: str) -> None:
    """Wait for a report; when it is made, draw the page anew."""
    try:
        report = client.drift_report(report_id)
    except ApiError as error:
        st.warning(sentence(error))
        return
    if report.status not in ACTIVE:
        st.rerun(scope="app")
    st.progress(0.5, text=t("drift.measuring"))


def _list(reports: DriftReports) -> None:
    with st.expander(t("drift.reports"), icon=":material/history:"):
        show_table(
            t("drift.reports"),
            [t("training.requested"), t("models.state"), t("drift.verdict"), t("training.reason")],
            [
                [
                    moment(report.requested_at),
                    t(f"status.{report.status}") if has(f"status.{report.status}") else "",
                    Cell(t(f"drift.{report.verdict}"), _LOOKS.get(report.verdict, ""))
                    if report.verdict
                    else Cell("", said=report.error or ""),
                    report.reason or "",
                ]
                for report in reports.reports
            ],
        )


def _row(measure: Measure) -> list[str | Cell]:
    return [
        _name(measure.name),
        Cell(t(f"drift.verdict_{measure.verdict}"), _LOOKS.get(measure.verdict, "")),
        explain(measure),
        "–" if measure.score is None else decimal(measure.score, 3),
        decimal(measure.threshold, 3),
    ]


def _name(measure: str) -> str:
    key = f"drift_measure.{measure}"
    return t(key) if has(key) else measure


def _figure(measure: str, value: float | None) -> str:
    if value is None:
        return "–"
    return percent(value, 1) if measure in _PARTS else decimal(value, 2)
