"""What the environment says about this dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from os import environ
from typing import Self

DEFAULT_API_URL = "http://localhost:8080"
DEFAULT_TIMEOUT_SECONDS = 20.0
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


class SettingsError(Exception):
    """A variable has a value that cannot be used; the text says which and what it may be."""


@dataclass(frozen=True)
class Settings:
    """Addresses, the title, and what is offered."""

    api_url: str = DEFAULT_API_URL
    api_timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    title: str = "Matinee"
    offers_admin: bool = True
    shows_movie_links: bool = False
    mlflow_url: str | None = None
    grafana_url: str | None = None

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> Self:
        """Read the variables; an empty one counts as unset."""
        given = {name: value.strip() for name, value in variables.items() if value.strip()}
        return cls(
            api_url=_address(given, "API_URL") or DEFAULT_API_URL,
            api_timeout_seconds=_seconds(given, "API_TIMEOUT_SECONDS", DEFAULT_TIMEOUT_SECONDS),
            title=given.get("DASHBOARD_TITLE", "Matinee"),
            offers_admin=_truth(given, "DASHBOARD_ADMIN", default=True),
            shows_movie_links=_truth(given, "DASHBOARD_MOVIE_LINKS", default=False),
            mlflow_url=_address(given, "MLFLOW_URL"),
            grafana_url=_address(given, "GRAFANA_URL"),
        )


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings.from_environment(environ)


def _truth(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = given.get(name, "").lower()
    if value and value not in _YES | _NO:
        raise SettingsError(f"{name} is {value!r}; it may be true or false")
    return value in _YES if value else default


def _address(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value and not value.startswith(("http://", "https://")):
        raise SettingsError(f"{name} is {value!r}; it must begin with http:// or https://")
    return value.rstrip("/") if value else None


def _seconds(given: Mapping[str, str], name: str, default: float) -> float:
    value = given.get(name)
    try:
        seconds = float(value) if value else default
    except ValueError as error:
        raise SettingsError(f"{name} is {value!r}; it must be a number") from error
    if not 0 < seconds <= 300:
        raise SettingsError(f"{name} is {seconds:g}; it must be above 0 and at most 300")
    return seconds
