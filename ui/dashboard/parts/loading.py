"""Answers that are fetched side by side, with something to look at meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import streamlit as st

from dashboard.api.errors import TIMEOUT, ApiError

Answer = TypeVar("Answer")
# Sooner than this nobody notices a wait, and a placeholder would only flicker.
PATIENCE_SECONDS = 0.25
# So long a page waits for what it can do without: names in a menu, for one.
EXTRA_SECONDS = 1.5
_THREADS = 24


@st.cache_resource(show_spinner=False, on_release=ThreadPoolExecutor.shutdown)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="api")


def begin(fetch: Callable[[], Answer]) -> Future[Answer]:
    """Start to fetch; the pages' own functions may not be used inside."""
    return _pool().submit(fetch)


def arrived(
    answer: Future[Answer], *, cards: int = 0, height: int = 120, limit_seconds: float | None = None
) -> Answer:
    """Wait for an answer, behind grey cards or one grey block when it takes longer.

    What a page can do without is waited for no longer than `limit_seconds`.
    """
    try:
        return answer.result(timeout=PATIENCE_SECONDS)
    except TimeoutError:
        if answer.done():  # the answer itself may be this error
            raise
    place = st.empty()
    with place.container():
        if cards:
            grid = st.grid(min_column_width=270, gap="small")
            for _ in range(cards):
                grid.skeleton(height=280)
        else:
            st.skeleton(height=height)
    try:
        return answer.result(timeout=limit_seconds)
    except TimeoutError as error:
        raise ApiError(TIMEOUT) from error
    finally:
        place.empty()
