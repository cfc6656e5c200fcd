"""What the registry says about an MLflow that cannot be used."""

import base64
import traceback

import pytest

from matinee.errors import RegistryUnavailableError
from matinee.stores.registry import ModelRegistry
from tests.support.object_server import object_server, status

PASSWORD = "s3cr3t/word"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the registry sets for MLflow is gone after the test."""
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def test_password_in_the_address_is_used_and_never_shown() -> None:
    with object_server() as server:
        server.replies = [status(401)]
        address = server.url.replace("//", "//user:s3cr3t%2Fword@")
        # Registering begins with a GET, the one method that this server knows.
        registry = ModelRegistry(address, experiment="e", model_name="m")
        with pytest.raises(RegistryUnavailableError) as caught:
            registry.register("v", parameters={}, metrics={}, tags={}, folders={})
        [headers] = server.requested_headers
    shown = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in shown and "s3cr3t" not in shown
    expected = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    assert headers["Authorization"] == f"Basic {expected}"
