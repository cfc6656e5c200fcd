"""Settings of the services in containers."""

import json
from pathlib import Path

import pytest

from containers import Settings, sam
from containers.settings import EXAMPLE, read_settings
from matinee.errors import ConfigurationError

SECRETS = ("POSTGRES_PASSWORD", "MINIO_ROOT_PASSWORD", "GRAFANA_PASSWORD", "ADMIN_TOKEN")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as the first start makes them."""
    return read_settings(tmp_path / ".env")


def test_committed_example_holds_no_secret() -> None:
    lines = EXAMPLE.read_text().splitlines()
    assert {f"{name}=" for name in SECRETS} <= set(lines)


def test_first_settings_have_random_secrets_for_their_owner_only(
    settings: Settings, tmp_path: Path
) -> None:
    others = read_settings(tmp_path / "other.env")
    assert all(len(settings[name]) > 20 for name in SECRETS)
    assert all(settings[name] != others[name] for name in SECRETS)
    assert settings.path.stat().st_mode & 0o077 == 0


def test_second_read_keeps_what_the_file_says(settings: Settings) -> None:
    assert read_settings(settings.path).values == settings.values


def test_missing_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# POSTGRES_PORT=5432\nNETWORK=matinee\n")
    with pytest.raises(ConfigurationError, match="POSTGRES_PORT is not set in .*env"):
        read_settings(path).port("POSTGRES")


def test_settings_do_not_show_their_secrets(settings: Settings) -> None:
    assert settings["POSTGRES_PASSWORD"] not in repr(settings)


def test_functions_of_sam_are_led_to_the_services_by_name(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "variables.json"
    sam.write_variables(settings, path)
    variables = json.loads(path.read_text())["Parameters"]
    password = settings["POSTGRES_PASSWORD"]
    assert variables["DATABASE_URL"] == f"postgresql://matinee:{password}@postgres:5432/matinee"
    assert variables["AWS_ENDPOINT_URL_S3"] == "http://minio:9000"
    # Links to reports are followed by browsers, which know no container by its name.
    assert variables["REPORT_LINK_ENDPOINT_URL"] == "http://localhost:9000"
    assert variables["ASYNC_INVOKE"] == "false"
    assert path.stat().st_mode & 0o077 == 0


def test_programs_on_this_machine_are_led_to_the_published_ports(settings: Settings) -> None:
    variables = settings.host_environment
    assert variables["DATABASE_URL"].endswith("@localhost:5432/matinee")
    assert variables["MLFLOW_TRACKING_URI"] == "http://localhost:5000"
