"""What routes are given, made on first use and kept while the environment lives."""

from __future__ import annotations

import logging
from functools import cache, partial
from typing import Annotated

from fastapi import Depends

from matinee.artifacts.model import Model
from matinee.errors import ArtifactError
from matinee.observability.environment import EnvironmentStart
from matinee.runs import InvokeLater
from matinee.stores.activity import ActivityStore
from matinee.stores.database import Database
from matinee.stores.invocations import invoke_later
from matinee.stores.model_publisher import ModelPublisher, s3_client
from matinee.stores.pushgateway import Pushgateway
from matinee.stores.registry import ModelRegistry
from matinee.stores.run_locks import RunLock
from matinee.stores.training_runs import TrainingOutcome, TrainingRunStore, training_lock
from matinee.stores.whole_champion import load_whole_champion
from trainer.champion import Champions
from trainer.metrics import TrainingReport
from trainer.pipeline import Destination, Plan, Steps, train
from trainer.runs import Report, TrainingRuns
from trainer.settings import get_settings

logger = logging.getLogger("matinee.train")


@cache
def get_champions() -> Champions:
    """Return who serves, in the bucket and in the registry."""
    settings = get_settings()
    client = s3_client(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url_s3)
    registry = ModelRegistry(
        settings.mlflow_tracking_uri,
        experiment=settings.mlflow_experiment,
        model_name=settings.mlflow_model_name,
    )
    return Champions(ModelPublisher(client, settings.model_bucket), registry)


@cache
def get_database() -> Database:
    """Return the database."""
    settings = get_settings()
    # Nobody waits for these statements as one waits for a list; losing a run's result is worse.
    timeout_seconds = max(settings.database_timeout_ms / 1000, 5)
    return Database(settings.database_url.get_secret_value(), timeout_seconds=timeout_seconds)


@cache
def get_runs() -> TrainingRuns:
    """Return what starts runs and sees them through."""
    url = get_settings().database_url.get_secret_value()
    store = TrainingRunStore(get_database())
    return TrainingRuns(
        store,
        lock=partial(training_lock, url),
        train=_train,
        invoke_later=_invoke_later(),
        report=_report(store),
    )


def note_start(start: EnvironmentStart) -> bool:
    """Keep the start of this environment; false as long as no request used the database."""
    if not get_database.cache_info().currsize:
        return False
    return ActivityStore(get_database()).note_start(start)


def _train(plan: Plan, lock: RunLock, steps: Steps) -> TrainingOutcome:
    settings = get_settings()
    destination = Destination(
        get_champions(),
        registry_required=settings.registry_required,
        tolerance=settings.tolerance,
        check_lock=lock.check,
        load_champion=_load_champion,
        git_revision=settings.git_revision,
    )
    return train(plan, settings.database_url.get_secret_value(), destination, steps=steps)


def _load_champion() -> Model | None:
    """Load the champion, to compare with; one that cannot be loaded has no quality to defend."""
    settings = get_settings()
    try:
        return load_whole_champion(
            settings.model_bucket,
            region=settings.aws_region,
            endpoint_url=settings.aws_endpoint_url_s3,
            cache_folder=settings.model_cache_dir,
        )
    except ArtifactError as error:
        logger.warning("there is no champion to compare with: %s", error)
        return None


def _invoke_later() -> InvokeLater | None:
    settings = get_settings()
    if not settings.async_invoke or settings.aws_lambda_function_name is None:
        return None
    return partial(invoke_later, settings.aws_lambda_function_name, region=settings.aws_region)


def _report(store: TrainingRunStore) -> Report:
    settings = get_settings()
    if settings.pushgateway_url is None:
        return lambda _: None
    gateway = Pushgateway(settings.pushgateway_url, timeout_seconds=settings.push_timeout_seconds)
    return TrainingReport(gateway, settings.stage, store, get_champions()).send


Runs = Annotated[TrainingRuns, Depends(get_runs)]
ChampionsDependency = Annotated[Champions, Depends(get_champions)]
