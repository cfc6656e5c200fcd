"""What is around every page: menu, language, state of the service."""

from __future__ import annotations

from concurrent.futures import Future

import streamlit as st

from dashboard.address import read_address
from dashboard.api.client import Client
from dashboard.api.errors import ApiError
from dashboard.api.operations import Readiness
from dashboard.api.transport import Transport
from dashboard.escaping import html_text, plain
from dashboard.navigation import all_pages, follow
from dashboard.parts.loading import EXTRA_SECONDS, arrived, begin
from dashboard.parts.looks import apply_looks
from dashboard.session import session
from dashboard.settings import Settings, SettingsError, settings
from dashboard.wording import LANGUAGE_KEY, LANGUAGES, browser_language, language, preferred, t

_ICONS = {"done": ":material/check_circle:", "problem": ":material/error:"}


def run() -> None:
    """Draw the page that the address names."""
    try:
        settings()
    except SettingsError as error:  # whoever set it up wrongly should not have to look for it
        st.error(plain(str(error)))
        return
    st.set_page_config(page_title=settings().title, page_icon="🎬", layout="wide")
    client = _client(settings())
    state = begin(client.ready)
    _choose_language()
    apply_looks(language())
    page = st.navigation(all_pages(client))
    st.logo(_logo(settings().title), size="large")
    follow(client)
    read_address(page.url_path)
    _tell()
    page.run()
    with st.sidebar:
        _show_state(state)


@st.cache_resource(show_spinner=False, on_release=Client.close)
def _client(chosen: Settings) -> Client:
    return Client(Transport(chosen.api_url, timeout_seconds=chosen.api_timeout_seconds))


def _choose_language() -> None:
    """Offer the languages; a link may choose one (``?lang=fr``), or else the browser does."""
    if LANGUAGE_KEY not in st.session_state:
        st.session_state[LANGUAGE_KEY] = preferred(
            st.query_params.get(LANGUAGE_KEY, browser_language())
        )
    st.sidebar.segmented_control(
        t("app.language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=LANGUAGE_KEY,
        required=True,
        label_visibility="collapsed",
    )


def _tell() -> None:
    """Show what callbacks had to say."""
    here = session()
    for notice in here.notices:
        is_problem = notice.kind == "problem"
        if is_problem:
            st.error(notice.text, icon=_ICONS[notice.kind])
        # Who clicked far down does not see the top of the page.
        st.toast(notice.text, icon=_ICONS[notice.kind], duration="long" if is_problem else "short")
    here.notices.clear()


def _show_state(state: Future[Readiness]) -> None:
    """Say at the foot of the menu whether everything is up."""
    try:
        ready = arrived(state, height=20, limit_seconds=EXTRA_SECONDS)
    except ApiError:
        kind, text = "bad", t("app.down")
    else:
        if ready.ready:
            kind, text = "good", t("app.up")
        else:
            model = ready.model != "ok"
            kind, text = "weak", t("app.no_model" if model else "app.no_database")
    st.html(f'<p class="m-state {kind}" role="status">{html_text(text)}</p>')


def _logo(title: str) -> str:
    ink = "#f1eff5" if st.context.theme.type == "dark" else "#17161d"
    width = 46 + 17 * len(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40" '
        f'viewBox="0 0 {width} 40"><rect y="5" width="38" height="30" rx="8" fill="#b3123f"/>'
        '<circle cx="0" cy="20" r="5" fill="#fff" opacity=".25"/>'
        '<path d="M19 11l2.9 5.9 6.5.9-4.7 4.6 1.1 6.5-5.8-3.1-5.8 3.1 1.1-6.5-4.7-4.6 6.5-.9z" '
        'fill="#ffd166"/>'
        f'<text x="48" y="29" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="27" font-weight="750" fill="{ink}">{html_text(title)}</text></svg>'
    )
