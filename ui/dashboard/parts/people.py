"""Choosing a user."""

from __future__ import annotations

from concurrent.futures import Future
from urllib.parse import urlsplit

import streamlit as st

from dashboard.api.answers import UserPage
from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.parts.loading import EXTRA_SECONDS, arrived
from dashboard.session import session
from dashboard.wording import t, tn

USER_KEY = "user"
_FALLBACK_USER = "1"


def choose_user(users: Future[UserPage]) -> int | None:
    """Ask for a user; None, and a sentence, when what was entered is none."""
    known = _known(users)
    options = list(known) or [_FALLBACK_USER]
    _follow_address(default=options[0])
    entered = st.selectbox(
        t("for_you.user"),
        options,
        key=USER_KEY,
        format_func=lambda user: known.get(user) or t("for_you.user_plain", user=plain(user)),
        help=t("for_you.user_help"),
        accept_new_options=True,
        on_change=_write_address,
        persist_state="session",
        width=320,
    )
    user_id = read_user(entered)
    if user_id is None:
        st.warning(t("for_you.bad_user", entered=plain(str(entered or ""))))
    return user_id


def _follow_address(*, default: str) -> None:
    """Take the user from the address, which the browser's buttons and links change."""
    slots = session().slots
    page, here = urlsplit(st.context.url or "").path, st.query_params.get(USER_KEY)
    if here is not None:
        st.session_state[USER_KEY] = here
    elif slots.get(USER_KEY) == page:  # back on this page, to where nobody was chosen yet
        st.session_state[USER_KEY] = default
    else:
        st.session_state.setdefault(USER_KEY, default)
    slots[USER_KEY] = page if here is not None else None


def _write_address() -> None:
    st.query_params[USER_KEY] = st.session_state[USER_KEY] or ""


def read_user(entered: str | None) -> int | None:
    """Return the number of a user as typed, or None."""
    text = (entered or "").strip()
    if not text.isascii() or not text.isdigit():
        return None
    user_id = int(text)
    return user_id if 1 <= user_id < 2**63 else None


def _known(users: Future[UserPage]) -> dict[str, str]:
    try:
        items = arrived(users, height=68, limit_seconds=EXTRA_SECONDS).items
    except ApiError:  # any number can still be typed, and the list below says what is wrong
        return {}
    return {
        str(user.user_id): tn("for_you.user_option", user.n_ratings, user=user.user_id)
        for user in items
    }
