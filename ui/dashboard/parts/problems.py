"""What went wrong, as a sentence that says what to do; the rest of the page goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.settings import settings
from dashboard.wording import has, t


def sentence(error: ApiError) -> str:
    """Say what happened and what to do, as Markdown."""
    values = {
        "url": plain(settings().api_url),
        "message": plain(error.message),
        "status": error.status or "",
    }
    key = f"errors.{error.code}"
    return t(key if has(key) else "errors.other", **values)


@contextmanager
def section(name: str) -> Iterator[None]:
    """Draw a part of a page; when the API fails it, say so in its place and go on after it."""
    try:
        yield
    except ApiError as error:
        show_problem(name, error)


def show_problem(name: str, error: ApiError) -> None:
    """Say what went wrong, and offer to try again."""
    with st.container(key=f"problem-{name}"):
        st.error(sentence(error), icon=":material/cloud_off:")
        st.button(t("errors.again"), key=f"again-{name}", icon=":material/refresh:")
