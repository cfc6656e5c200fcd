"""Requests, their speed, how lists were made, and environments that started."""

from __future__ import annotations

import streamlit as st

from dashboard.api.operations import Activity
from dashboard.parts.charts import show_columns, show_lines
from dashboard.parts.tables import show_table
from dashboard.parts.text import show_empty
from dashboard.wording import duration, has, moment, percent, t, tn, whole

# Hours to look back, and into how many parts.
WINDOWS = {"hour": (1, 30), "day": (24, 48), "week": (24 * 7, 56), "month": (24 * 31, 62)}
STARTS_LISTED = 20


def show_activity(activity: Activity) -> None:
    """Draw what the service did in a window."""
    total = activity.total
    with st.container(horizontal=True):
        _metric("lists", whole(total.lists))
        _metric("median", _duration(total.median_ms))
        _metric("p95", _duration(total.p95_ms))
        share = total.fallback_share
        _metric("fallbacks", "–" if share is None else percent(share, 1))
        _metric("starts", whole(sum(bucket.environment_starts for bucket in activity.buckets)))
    if not total.lists:
        show_empty(t("activity.none"), t("activity.none_advice"))
    else:
        _show_lists(activity)
        _show_speed(activity)
    _show_starts(activity)


def _show_lists(activity: Activity) -> None:
    st.markdown(f"**{t('activity.strategies')}**")
    # Every span has a point: those without lists are part of the picture.
    points = [
        {"at": bucket.start, "series": _strategy(name), "value": bucket.strategies.get(name, 0)}
        for bucket in activity.buckets
        for name in activity.total.strategies
    ]
    show_columns(
        points,
        alt=t("activity.strategies_alt"),
        series=[_strategy(name) for name in activity.total.strategies],
    )


def _show_speed(activity: Activity) -> None:
    st.markdown(f"**{t('activity.speed')}**")
    points = [
        {"at": bucket.start, "series": t(f"activity.{name}"), "value": value}
        for bucket in activity.buckets
        for name, value in (("median", bucket.median_ms), ("p95", bucket.p95_ms))
    ]
    show_lines(
        points,
        alt=t("activity.speed_alt"),
        unit="ms",
        numbers="milliseconds",
        series=[t("activity.median"), t("activity.p95")],
        spans=True,
        height=220,
    )


def _show_starts(activity: Activity) -> None:
    starts = activity.environment_starts
    st.markdown(f"**{t('activity.starts')}**")
    st.caption(t("activity.starts_help"))
    if not starts:
        return
    show_columns(
        [
            {"at": bucket.start, "series": "", "value": bucket.environment_starts}
            for bucket in activity.buckets
        ],
        alt=t("activity.starts_alt"),
        series=[""],
        height=150,
    )
    with st.expander(tn("activity.newest", min(len(starts), STARTS_LISTED))):
        show_table(
            t("activity.starts"),
            [t("activity.when"), t("activity.function"), t("activity.took")],
            [
                [moment(start.started_at), start.function, duration(start.start_seconds)]
                for start in starts[:STARTS_LISTED]
            ],
            numbers=1,
        )


def _strategy(name: str) -> str:
    key = f"activity.by_{name}"
    return t(key) if has(key) else name


def _duration(milliseconds: float | None) -> str:
    return "–" if milliseconds is None else duration(milliseconds / 1000)


def _metric(name: str, value: str) -> None:
    st.metric(
        t(f"activity.{name}"), value, help=t(f"activity.{name}_help"), border=True, height="stretch"
    )
