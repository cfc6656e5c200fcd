"""Configuration of the drift function, read once from the environment on first use."""

from __future__ import annotations

from functools import cache

from matinee.settings import AdminSettings, MetricsSettings


class DriftSettings(AdminSettings, MetricsSettings):
    """What the drift function needs to know."""


@cache
def get_settings() -> DriftSettings:
    """Return the settings of this execution environment."""
    return DriftSettings.from_environment()
