"""Small pieces of text with a look of their own."""

from __future__ import annotations

import streamlit as st

from dashboard.escaping import html_text


def show_lead(text: str) -> None:
    """Say below a title what the page is for."""
    st.html(f'<p class="m-lead">{html_text(text)}</p>')


def show_empty(title: str, advice: str) -> None:
    """Say why there is nothing, and what would change that."""
    st.html(f'<div class="m-empty"><b>{html_text(title)}</b><span>{html_text(advice)}</span></div>')


def show_how(how: str, model: str) -> None:
    """Say how a list was made, and by which model."""
    st.html(
        f'<p class="m-how">{html_text(how)} <span title="{html_text(model)}">'
        f"{html_text(model)}</span></p>"
    )


def in_english(said: str) -> str:
    """Return the API's own words as HTML: quoted, and known as English to screen readers."""
    return f'<q lang="en">{html_text(said)}</q>' if said else ""
