"""What routes are given, made on first use and kept while the environment lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Annotated

from fastapi import Depends

from drift_monitor.metrics import DriftNews
from drift_monitor.runs import DriftMonitor, Policy
from drift_monitor.settings import DriftSettings, get_settings
from drift_monitor.trainings import Trainings
from matinee.artifacts.model import Model
from matinee.errors import DriftError
from matinee.observability.environment import EnvironmentStart
from matinee.runs import InvokeLater, Runs
from matinee.stores.activity import ActivityStore
from matinee.stores.arrivals import Arrivals, read_arrivals
from matinee.stores.database import Database
from matinee.stores.drift_reports import DriftReport, DriftReportStore, drift_lock
from matinee.stores.invocations import invoke_later
from matinee.stores.model_publisher import s3_client
from matinee.stores.pushgateway import Pushgateway
from matinee.stores.report_files import ReportFiles
from matinee.stores.whole_champion import load_whole_champion


@dataclass(frozen=True, slots=True)
class Services:
    """Runs, their rows and their files."""

    runs: Runs[DriftReport]
    store: DriftReportStore
    files: ReportFiles


@cache
def get_database() -> Database:
    """Return the database of rows; nobody waits for it as one waits for a list."""
    settings = get_settings()
    return Database(
        settings.database_url.get_secret_value(),
        timeout_seconds=max(settings.database_timeout_ms / 1000, 5),
    )


def note_start(start: EnvironmentStart) -> bool:
    """Keep the start of this environment; false as long as no request used the database."""
    if not get_database.cache_info().currsize:
        return False
    return ActivityStore(get_database()).note_start(start)


@cache
def get_services() -> Services:
    """Build everything; nothing connects before it is used."""
    settings = get_settings()
    url = settings.database_url.get_secret_value()
    store = DriftReportStore(get_database())
    files = _report_files(settings)
    monitor = DriftMonitor(
        store=store,
        files=files,
        load_champion=partial(_load_champion, settings),
        read_arrivals=partial(_read_arrivals, url),
        policy=Policy(
            thresholds=settings.thresholds,
            least=settings.least,
            window_days=settings.drift_window_days,
            report_max_age_days=settings.drift_report_max_age_days,
        ),
        trainings=Trainings(
            store,
            settings.drift_training_period_hours,
            _invoker(settings, settings.train_function_name),
        ),
        tell=_tell(settings, store),
    )
    runs = Runs(
        "drift",
        DriftError,
        store,
        partial(drift_lock, url),
        monitor.work,
        _invoker(settings, settings.aws_lambda_function_name),
    )
    return Services(runs, store, files)


def _report_files(settings: DriftSettings) -> ReportFiles:
    connect = partial(s3_client, region=settings.aws_region)
    elsewhere = settings.report_link_endpoint_url
    return ReportFiles(
        connect(endpoint_url=settings.aws_endpoint_url_s3),
        settings.model_bucket,
        # A signature covers the host: an address cannot be exchanged afterwards.
        link_client=elsewhere and connect(endpoint_url=elsewhere),
    )


def _load_champion(settings: DriftSettings) -> Model:
    return load_whole_champion(
        settings.model_bucket,
        region=settings.aws_region,
        endpoint_url=settings.aws_endpoint_url_s3,
        cache_folder=settings.model_cache_dir,
    )


def _read_arrivals(database_url: str, since: datetime, until: datetime) -> Arrivals:
    return read_arrivals(database_url, since=since, until=until)


def _invoker(settings: DriftSettings, function: str | None) -> InvokeLater | None:
    if not settings.async_invoke or function is None:
        return None
    return partial(invoke_later, function, region=settings.aws_region)


def _tell(settings: DriftSettings, store: DriftReportStore) -> Callable[[], None]:
    if settings.pushgateway_url is None:
        return lambda: None
    gateway = Pushgateway(settings.pushgateway_url, timeout_seconds=settings.push_timeout_seconds)
    max_age_hours = settings.push_group_max_age_hours
    return DriftNews(gateway, settings.stage, max_age_hours, store, settings.thresholds).send


Uses = Annotated[Services, Depends(get_services)]
