"""Training runs and model versions in MLflow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from matinee.errors import RegistryUnavailableError

CHALLENGER_ALIAS = "challenger"
CHAMPION_ALIAS = "champion"
_REQUEST_TIMEOUT_SECONDS = 10
_RETRIES = 1


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """Where MLflow keeps a version."""

    run_id: str
    registry_version: str


class ModelRegistry:
    """Logs runs and moves aliases; every method raises `RegistryUnavailableError`.

    Parameters
    ----------
    tracking_uri : str or None
        Address of the MLflow server; None where there is none, which is like one that is down.
    experiment : str
        Name of the experiment; made when missing.
    model_name : str
        Name of the registered model; made when missing.
    """

    def __init__(self, tracking_uri: str | None, *, experiment: str, model_name: str) -> None:
        self._tracking_uri = tracking_uri
        self._experiment = experiment
        self._model_name = model_name
        self._known_client: Any = None

    def check(self) -> None:
        """Make sure that the server answers, before a training that it could not take."""
        with _explained():
            self._client().search_experiments(max_results=1)

    def register(
        self,
        version: str,
        *,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        folders: Mapping[str, Path],
    ) -> RegisteredVersion:
        """Log a run, register its model and give it the alias `challenger`.

        Parameters
        ----------
        version : str
            Name of the model version in the bucket.
        parameters : mapping of str to object
            What was trained.
        metrics : mapping of str to float
            How good it is.
        tags : mapping of str to str
            Facts to search runs by, the data's fingerprint for one.
        folders : mapping of str to Path
            Local folders to keep, by their path in the run.

        Returns
        -------
        RegisteredVersion
            Run and version number.
        """
        with _explained():
            client = self._client()
            run = client.create_run(self._experiment_id(), run_name=version, tags=dict(tags))
            run_id = run.info.run_id
            try:
                for name, value in parameters.items():
                    client.log_param(run_id, name, value)
                for name, value in metrics.items():
                    client.log_metric(run_id, name, value)
                for path, folder in folders.items():
                    client.log_artifacts(run_id, str(folder), path)
                number = self._create_version(version, run)
            except BaseException:
                client.set_terminated(run_id, "FAILED")
                raise
            client.set_terminated(run_id, "FINISHED")
            client.set_registered_model_alias(self._model_name, CHALLENGER_ALIAS, number)
        return RegisteredVersion(run_id, number)

    def promote(self, version: str) -> None:
        """Move the alias `champion` to a version.

        Parameters
        ----------
        version : str
            Name of the model version in the bucket. One that was published without the registry
            is not there; then nothing moves.
        """
        with _explained():
            client = self._client()
            found = client.search_model_versions(
                f"name = '{self._model_name}' and tags.version = '{version}'"
            )
            if found:
                client.set_registered_model_alias(
                    self._model_name, CHAMPION_ALIAS, found[0].version
                )

    def _create_version(self, version: str, run: Any) -> str:
        from mlflow.exceptions import MlflowException

        client = self._client()
        try:
            client.create_registered_model(self._model_name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        created = client.create_model_version(
            self._model_name,
            source=f"{run.info.artifact_uri}/model",
            run_id=run.info.run_id,
            await_creation_for=0,
            tags={"version": version},
        )
        return str(created.version)

    def _experiment_id(self) -> str:
        client = self._client()
        found = client.get_experiment_by_name(self._experiment)
        return str(found.experiment_id if found else client.create_experiment(self._experiment))

    def _client(self) -> Any:
        if self._tracking_uri is None:
            raise RegistryUnavailableError("there is none: MLFLOW_TRACKING_URI is unset")
        if self._known_client is None:
            # MLflow waits two minutes, seven times over, unless it is told otherwise.
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", str(_REQUEST_TIMEOUT_SECONDS))
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", str(_RETRIES))
            # Standard output is for log lines in JSON.
            os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
            # Imported here: it takes longer than all the rest of the function.
            from mlflow.tracking import MlflowClient

            uri = _without_password(self._tracking_uri)
            self._known_client = MlflowClient(uri, uri)
        return self._known_client


def _without_password(uri: str) -> str:
    """Hand user and password to MLflow in its variables: its errors quote the address whole."""
    parts = urlsplit(uri)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return uri
    name, _, password = user.partition(":")
    os.environ["MLFLOW_TRACKING_USERNAME"] = unquote(name)
    os.environ["MLFLOW_TRACKING_PASSWORD"] = unquote(password)
    return urlunsplit(parts._replace(netloc=host))


@contextmanager
def _explained() -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    try:
        yield
    except (MlflowException, RequestException, OSError) as error:
        raise RegistryUnavailableError(
            f"MLflow cannot be used: {type(error).__name__}: {str(error).splitlines()[0][:300]}"
        ) from error
