"""Choosing a user."""

from __future__ import annotations

from concurrent.futures import Future

import streamlit as st

from dashboard.address import USER_KEY, read_id
from dashboard.api.answers import UserPage
from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.parts.loading import EXTRA_SECONDS, arrived
from dashboard.session import session
from dashboard.wording import t, tn


def choose_user(users: Future[UserPage]) -> int | None:
    """Ask for a user; None when nobody is chosen, with a sentence when what was entered is none."""
    known = _known(users)
    chosen = session().user.value
    st.session_state[USER_KEY] = chosen or None
    entered = st.selectbox(
        t("for_you.user"),
        # Who is no option would come back under the name that was shown.
        list(dict.fromkeys([*known, *([chosen] if chosen else [])])),
        index=None,
        key=USER_KEY,
        format_func=lambda user: known.get(user) or t("for_you.user_plain", user=user),
        placeholder=t("for_you.user_nobody"),
        help=t("for_you.user_help"),
        accept_new_options=True,
        on_change=_write_address,
        width=320,
    )
    user_id = read_id(entered)
    if entered and user_id is None:
        st.warning(t("for_you.bad_user", entered=plain(entered)))
    return user_id


def _write_address() -> None:
    st.query_params[USER_KEY] = st.session_state[USER_KEY] or ""


def _known(users: Future[UserPage]) -> dict[str, str]:
    try:
        items = arrived(users, height=68, limit_seconds=EXTRA_SECONDS).items
    except ApiError:  # any number can still be typed, and the list below says what is wrong
        return {}
    return {
        str(user.user_id): tn("for_you.user_option", user.n_ratings, user=user.user_id)
        for user in items
    }
