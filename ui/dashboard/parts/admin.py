"""Asking for the admin token, for one action; it is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.api.errors import ApiError
from dashboard.parts.problems import sentence
from dashboard.session import session
from dashboard.wording import t

_ASKED = "tokens-asked"
_REFUSED = "refused"


def confirm(
    title: str, question: str, action: str, act: Callable[[str], None], *, done: str, key: str
) -> None:
    """Open a dialog that asks for the token, and calls `act` with it."""
    session().slots.pop(_REFUSED, None)
    st.dialog(title)(_draw)(question, action, act, done, key)


def ask_for_token(key: str) -> str:
    """Draw the input, inside a form."""
    return st.text_input(
        t("admin.token"),
        key=f"{key}-{session().slots.setdefault(_ASKED, 0)}",
        type="password",
        help=t("admin.help"),
        autocomplete="off",
    )


def forget_token() -> None:
    """Give the next input another key: with the old one Streamlit forgets what was typed."""
    session().slots[_ASKED] += 1


def _draw(question: str, action: str, act: Callable[[str], None], done: str, key: str) -> None:
    here = session()
    st.markdown(question)
    with st.form(f"confirm-{key}", border=False):
        token = ask_for_token(f"token-{key}")
        sent = st.form_submit_button(action, type="primary", width="stretch")
    if refused := here.slots.pop(_REFUSED, None):
        st.error(refused)
    if not sent:
        return
    if not token:
        st.warning(t("admin.missing"))
        return
    forget_token()
    try:
        act(token)
    except ApiError as error:
        here.slots[_REFUSED] = sentence(error)
        st.rerun(scope="fragment")
    here.say("done", done)
    st.rerun()
