"""Settings: each bad value is refused by name, and no value is ever shown."""

import pytest
from pydantic import ValidationError

from matinee.errors import ConfigurationError
from predictor.settings import PredictSettings

SECRET = "s3cr3t-pa55word"
GOOD = {
    "DATABASE_URL": f"postgresql://matinee:{SECRET}@db.example.com:5432/matinee",
    "MODEL_BUCKET": "matinee-models",
    "ADMIN_TOKEN": SECRET,
}


def read(**changes: str) -> PredictSettings:
    return PredictSettings.from_environment(GOOD | changes)


def test_settings_have_the_documented_defaults() -> None:
    settings = read()
    assert settings.stage == "local"
    assert settings.log_level == "INFO"
    assert settings.database_timeout_ms == 1000
    assert settings.aws_region == "us-east-1"
    assert settings.aws_endpoint_url_s3 is None
    assert settings.model_refresh_seconds == 30
    assert str(settings.model_cache_dir) == "/tmp/matinee"


def test_settings_empty_variable_counts_as_unset() -> None:
    settings = read(ADMIN_TOKEN="", AWS_ENDPOINT_URL_S3="", DATABASE_TIMEOUT_MS="")
    assert settings.admin_token is None
    assert settings.aws_endpoint_url_s3 is None
    assert settings.database_timeout_ms == 1000


@pytest.mark.parametrize("name", ["DATABASE_URL", "MODEL_BUCKET"])
def test_settings_missing_variable_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(**{name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE", "prod"),
        ("LOG_LEVEL", "loud"),
        ("LOG_LEVEL", "info"),
        ("DATABASE_TIMEOUT_MS", "0"),
        ("DATABASE_TIMEOUT_MS", "60001"),
        ("DATABASE_TIMEOUT_MS", "1s"),
        ("MODEL_BUCKET", "ab"),
        ("AWS_ENDPOINT_URL_S3", "localhost:9000"),
        ("MODEL_REFRESH_SECONDS", "-1"),
        ("MODEL_REFRESH_SECONDS", "nan"),
        ("MODEL_STORE_TIMEOUT_SECONDS", "0"),
        ("MODEL_STORE_TIMEOUT_SECONDS", "inf"),
        ("USER_ARRAYS_INLINE_MB", "-1"),
        ("USER_ARRAYS_INLINE_MB", "1.5"),
    ],
)
def test_settings_bad_value_is_refused_and_its_variable_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: "):
        read(**{name: value})


def test_settings_all_problems_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError, match="STAGE.*MODEL_BUCKET"):
        read(STAGE="prod", MODEL_BUCKET="")


def test_settings_never_show_a_secret() -> None:
    settings = read()
    assert SECRET not in f"{settings} {settings!r} {settings.model_dump_json()}"
    with pytest.raises(ConfigurationError) as caught:
        read(STAGE=SECRET, LOG_LEVEL=SECRET, AWS_ENDPOINT_URL_S3=SECRET)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        read().stage = "production"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUSHGATEWAY_URL", "localhost:9091"),
        ("PUSH_INTERVAL_SECONDS", "-1"),
        ("PUSH_TIMEOUT_SECONDS", "1.5"),
        ("PUSH_GROUP_MAX_AGE_HOURS", "0"),
    ],
)
def test_settings_of_pushing_that_cannot_be_are_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(**{name: value})


def test_settings_without_a_pushgateway_push_nothing() -> None:
    assert read().pushgateway_url is None
