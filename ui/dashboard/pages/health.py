"""Drift and health: do ratings still look as they did, and how does the service do?"""

from __future__ import annotations

import streamlit as st

from dashboard.api.client import Client
from dashboard.pages.activity import WINDOWS, show_activity
from dashboard.pages.drift import show_drift
from dashboard.parts.loading import arrived, begin
from dashboard.parts.problems import section
from dashboard.parts.text import show_lead
from dashboard.settings import settings
from dashboard.wording import t


def show(client: Client) -> None:
    """Draw the page."""
    reports = begin(client.drift_reports)
    st.title(t("health.title"))
    show_lead(t("health.lead"))
    _show_links()
    with section("drift"):
        show_drift(client, arrived(reports, height=180))
    st.subheader(t("activity.title"))
    window = st.segmented_control(
        t("activity.window"),
        list(WINDOWS),
        default="day",
        key="window",
        format_func=lambda name: t(f"activity.{name}"),
        required=True,
        label_visibility="collapsed",
    )
    hours, buckets = WINDOWS[window]
    activity = begin(lambda: client.activity(hours=hours, buckets=buckets))
    with section("activity"):
        show_activity(arrived(activity, height=300))


def _show_links() -> None:
    links = {"Grafana": settings().grafana_url, "MLflow": settings().mlflow_url}
    if any(links.values()):
        with st.container(horizontal=True):
            for name, address in links.items():
                if address:
                    st.link_button(name, address, icon=":material/open_in_new:")
