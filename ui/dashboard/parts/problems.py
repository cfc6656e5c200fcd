"""What went wrong, as a sentence that says what to do; the rest of the page goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.settings import settings
from dashboard.wording import has, t


def sentence(error: ApiError) -> str:
    """Say what happened and what to do, as Markdown."""
    key = f"errors.{error.code}"
    return t(
        key if has(key) else "errors.other",
        url=plain(_without_password(settings().api_url)),
        said=quoted(error.message),
        status=error.status or "–",
    )


def quoted(message: str | None) -> str:
    """Mark the API's own words, which are English, as such in Markdown."""
    return t("errors.said", message=plain(message)) if message else ""


def _without_password(url: str) -> str:
    """Return an address as it may be shown to everybody."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


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
