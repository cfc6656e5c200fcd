"""Asking for the admin token, for one action; it is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.api.errors import ApiError
from dashboard.parts.problems import sentence
from dashboard.session import session
from dashboard.wording import t


def confirm(
    title: str, question: str, action: str, act: Callable[[str], None], *, done: str, key: str
) -> None:
    """Open a dialog that asks for the token, and calls `act` with it."""
    st.dialog(title)(_draw)(question, action, act, done, key)


def ask_for_token(key: str) -> str:
    """Draw the input inside a form that clears on submission: there the token is forgotten."""
    return st.text_input(
        t("admin.token"), key=key, type="password", help=t("admin.help"), autocomplete="off"
    )


def _draw(question: str, action: str, act: Callable[[str], None], done: str, key: str) -> None:
    st.markdown(question)
    with st.form(f"confirm-{key}", clear_on_submit=True, border=False):
        token = ask_for_token(f"token-{key}")
        sent = st.form_submit_button(action, type="primary", width="stretch")
    if not sent:
        return
    if not token:
        st.warning(t("admin.missing"))
        return
    try:
        act(token)
    except ApiError as error:
        st.error(sentence(error))
        return
    session().say("done", done)
    st.rerun()
