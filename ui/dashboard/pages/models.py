"""Models: what serves, how good it is, and changing it."""

from __future__ import annotations

import streamlit as st

from dashboard.api.client import Client
from dashboard.pages.comparison import show_comparison
from dashboard.pages.training import show_training
from dashboard.pages.versions import show_champion, show_history, show_versions
from dashboard.parts.loading import arrived, begin
from dashboard.parts.problems import section
from dashboard.parts.text import show_empty, show_lead
from dashboard.wording import t


def show(client: Client) -> None:
    """Draw the page."""
    models = begin(client.models)
    runs = begin(client.training_runs)
    st.title(t("models.title"))
    show_lead(t("models.lead"))
    found = None
    with section("models"):
        found = arrived(models, height=260)
        if not found.models:
            show_empty(t("models.none"), t("models.none_advice"))
        show_champion(client, found)
    with section("training"):
        show_training(client, arrived(runs))
    if found is not None and found.models:
        show_history(found)
        show_comparison(found)
        show_versions(client, found)
