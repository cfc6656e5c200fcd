"""Choosing a user."""

from __future__ import annotations

from concurrent.futures import Future

import streamlit as st

from dashboard.api.answers import UserPage
from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.wording import t, tn

USER_KEY = "user"
_FALLBACK_USER = "1"


def choose_user(users: Future[UserPage]) -> int | None:
    """Ask for a user; None, and a sentence, when what was entered is none."""
    known = _known(users)
    entered = st.selectbox(
        t("for_you.user"),
        list(known) or [_FALLBACK_USER],
        key=USER_KEY,
        format_func=lambda user: known.get(user) or t("for_you.user_plain", user=plain(user)),
        help=t("for_you.user_help"),
        accept_new_options=True,
        bind="query-params",
        width=320,
    )
    user_id = read_user(entered)
    if user_id is None:
        st.warning(t("for_you.bad_user", entered=plain(str(entered or ""))))
    return user_id


def read_user(entered: str | None) -> int | None:
    """Return the number of a user as typed, or None."""
    text = (entered or "").strip()
    if not text.isascii() or not text.isdigit():
        return None
    user_id = int(text)
    return user_id if 1 <= user_id < 2**63 else None


def _known(users: Future[UserPage]) -> dict[str, str]:
    try:
        items = users.result().items
    except ApiError:  # any number can still be typed, and the list below says what is wrong
        return {}
    return {
        str(user.user_id): tn("for_you.user_option", user.n_ratings, user=user.user_id)
        for user in items
    }
