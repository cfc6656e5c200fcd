"""Horizontal bars that are text as well."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.escaping import html_text


def show_bars(label: str, rows: Sequence[tuple[str, float, str]], *, look: str = "") -> None:
    """Draw rows of name, part of one, and amount."""
    most = max((part for _, part, _ in rows), default=0) or 1
    items = "".join(
        f'<li><span>{html_text(name)}</span><i><b style="width:{part / most:.1%}"></b></i>'
        f"<span>{html_text(amount)}</span></li>"
        for name, part, amount in rows
    )
    st.html(f'<ul class="m-bars {look}" aria-label="{html_text(label)}">{items}</ul>')
