from __future__ import annotations

import re

import pytest

from dashboard.settings import Settings, SettingsError
from tests.support.source import DASHBOARD, ROOT


def test_settings_have_defaults_for_an_empty_environment() -> None:
    assert Settings.from_environment({"API_URL": " ", "MLFLOW_URL": ""}) == Settings()


def test_settings_come_from_the_environment() -> None:
    found = Settings.from_environment(
        {
            "API_URL": "https://api.example.org/",
            "API_TIMEOUT_SECONDS": "2.5",
            "DASHBOARD_TITLE": "Ciné",
            "DASHBOARD_ADMIN": "no",
            "DASHBOARD_MOVIE_LINKS": "True",
            "MLFLOW_URL": "http://mlflow:5000",
            "GRAFANA_URL": "http://grafana:3000/",
        }
    )
    assert found == Settings(
        api_url="https://api.example.org",
        api_timeout_seconds=2.5,
        title="Ciné",
        offers_admin=False,
        shows_movie_links=True,
        mlflow_url="http://mlflow:5000",
        grafana_url="http://grafana:3000",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_URL", "localhost:8080"),
        ("MLFLOW_URL", "javascript:alert(1)"),
        ("DASHBOARD_ADMIN", "maybe"),
        ("API_TIMEOUT_SECONDS", "soon"),
        ("API_TIMEOUT_SECONDS", "0"),
    ],
)
def test_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value})


def test_every_variable_is_explained_in_the_docs() -> None:
    source = (DASHBOARD / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"([A-Z][A-Z_]+)"', source))
    explained = (ROOT / "docs/dashboard.md").read_text(encoding="utf-8")
    assert {name for name in names if f"`{name}`" not in explained} == set()
