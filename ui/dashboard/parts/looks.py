"""The style of what Streamlit's theme cannot say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).parents[1] / "assets" / "page.css"


def apply_looks(language: str) -> None:
    """Load the style, and tell screen readers which language is spoken."""
    st.html(f"<style>{_style()}</style>")
    st.html(
        f"<script>document.documentElement.lang = {language!r}</script>",
        unsafe_allow_javascript=True,
    )


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
