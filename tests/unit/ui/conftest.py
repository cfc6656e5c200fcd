"""The dashboard in front of a fake API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from dashboard.parts import cards
from dashboard.settings import settings
from tests.support.fake_api import FakeApi, fake_api


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    with fake_api() as fake:
        monkeypatch.setenv("API_URL", fake.url)
        fresh()
        yield fake
    fresh()


def fresh() -> None:
    """Forget what a process of the dashboard remembers."""
    settings.cache_clear()
    cards._component.cache_clear()
    st.cache_resource.clear()
