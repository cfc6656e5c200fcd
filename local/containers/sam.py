"""Runs SAM so that its functions reach the services in containers."""

from __future__ import annotations

import json
import os
from pathlib import Path

from containers.settings import Settings
from matinee.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = PROJECT / ".tools" / "sam" / "bin" / "sam"
VARIABLES = PROJECT / ".matinee" / "sam-variables.json"  # samconfig.toml names it


def write_variables(settings: Settings, path: Path = VARIABLES) -> None:
    """Write the functions' variables where only this user reads them: secrets are among them."""
    variables = {
        **settings.network_environment,
        # Browsers are not on the network of the containers.
        "REPORT_LINK_ENDPOINT_URL": settings.host_environment["AWS_ENDPOINT_URL_S3"],
        # `sam local` has no Invoke API that a function could call itself through.
        "ASYNC_INVOKE": "false",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"Parameters": variables}, indent=2))


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that SAM itself runs with; functions get their credentials from it."""
    return {**os.environ, **settings.aws_environment, "SAM_CLI_TELEMETRY": "0"}


def command(*arguments: str) -> list[str]:
    """Return the words that call SAM."""
    if not PROGRAM.exists():
        raise ConfigurationError("SAM is not installed: run `make validate`")
    return [str(PROGRAM), *arguments]
