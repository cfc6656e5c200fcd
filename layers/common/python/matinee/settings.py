"""Settings that more than one function shares, read once from environment variables.

pydantic's own `BaseModel` does the checking: importing pydantic-settings would lengthen the start
of every environment (docs/decisions/0002-settings-without-pydantic-settings.md).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from matinee.errors import ConfigurationError

Stage = Literal["local", "staging", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class EnvironmentSettings(BaseModel):
    """Fields named like environment variables, in lower case.

    An empty variable counts as unset, because templates cannot leave one out.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    stage: Stage = "local"
    log_level: LogLevel = "INFO"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Parameters
        ----------
        environ : mapping of str to str, optional
            Variables by name; the process's own when not given.

        Returns
        -------
        EnvironmentSettings
            The frozen settings.

        Raises
        ------
        ConfigurationError
            If a variable is missing or malformed; every one is named, no value is shown.
        """
        source = os.environ if environ is None else environ
        values = {
            name: source[name.upper()] for name in cls.model_fields if source.get(name.upper())
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = "; ".join(
                f"{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors()
            )
            raise ConfigurationError(f"environment variables are wrong: {problems}") from None


class DatabaseSettings(EnvironmentSettings):
    """Where PostgreSQL is."""

    database_url: SecretStr = Field(min_length=1)
    database_timeout_ms: Annotated[int, Field(ge=1, le=60_000)] = 1_000


class ModelStoreSettings(EnvironmentSettings):
    """Where models are kept in S3."""

    model_bucket: str = Field(min_length=3)
    aws_region: str = "us-east-1"
    aws_endpoint_url_s3: str | None = Field(default=None, pattern=r"^https?://")


class AdminSettings(EnvironmentSettings):
    """The token that routes which change the service ask for."""

    admin_token: SecretStr | None = None


class MetricsSettings(EnvironmentSettings):
    """Where metrics are pushed to, and how often; without a Pushgateway nothing is pushed."""

    pushgateway_url: str | None = Field(default=None, pattern=r"^https?://")
    push_interval_seconds: Annotated[float, Field(ge=0)] = 5
    push_timeout_seconds: Annotated[float, Field(gt=0, le=1)] = 1
    push_group_max_age_hours: Annotated[float, Field(gt=0)] = 24
