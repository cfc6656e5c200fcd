"""What Prometheus learns of imports, from the rows of all of them."""

from __future__ import annotations

import logging

from matinee.errors import MatineeError
from matinee.observability.run_metrics import RunMetrics
from matinee.settings import MetricsSettings
from matinee.stores.database import Database
from matinee.stores.import_totals import ImportTotals, import_totals
from matinee.stores.pushgateway import Pushgateway

logger = logging.getLogger("matinee.import")

JOB = "matinee-import"
TIMEOUT_SECONDS = 5.0


def push_import_metrics(settings: MetricsSettings, database_url: str) -> None:
    """Push the totals of all imports; an import that is done stays done whatever happens."""
    if settings.pushgateway_url is None:
        return
    database = Database(database_url, timeout_seconds=TIMEOUT_SECONDS)
    try:
        metrics = import_metrics(import_totals(database))
    except MatineeError as error:
        logger.warning("no metrics of this import are pushed: %s", error)
        return
    finally:
        database.close()
    gateway = Pushgateway(settings.pushgateway_url, timeout_seconds=settings.push_timeout_seconds)
    gateway.push(metrics.registry, job=JOB, grouping={"stage": settings.stage})


def import_metrics(totals: ImportTotals) -> RunMetrics:
    """Build the metrics that docs/metrics.md describes."""
    metrics = RunMetrics()
    metrics.count("matinee_imports_total", "Imports that ended well.", totals.n_imports)
    metrics.count_by(
        "matinee_ratings_imported_total",
        "Ratings that imports read and took, by what became of them.",
        "result",
        totals.ratings,
    )
    metrics.count_by(
        "matinee_ratings_rejected_total",
        "Ratings that imports read and did not take, by what is wrong with them.",
        "kind",
        totals.rejected,
    )
    last = totals.last_finished_at
    metrics.set(
        "matinee_import_last_timestamp_seconds",
        "When the last import ended.",
        None if last is None else last.timestamp(),
    )
    return metrics
