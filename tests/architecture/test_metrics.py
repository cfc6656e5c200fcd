"""Every metric is explained in docs/metrics.md, with its labels."""

import re
from collections.abc import Iterable

import pytest
from prometheus_client import CollectorRegistry

import predictor.metrics  # noqa: F401 - registers what only the predict function counts
from dataset_import.metrics import import_metrics
from drift_monitor.metrics import drift_metrics
from matinee.domain.recommendation import Strategy
from matinee.domain.runs import RunStatus
from matinee.observability.metrics import REGISTRY
from matinee.stores.import_totals import ImportTotals
from predictor.metrics import FallbackCause
from tests.support.drift_runs import RATING_MEASURE, finished_report
from tests.support.source import ROOT
from tests.support.training import REQUESTED_AT, new_run
from trainer.metrics import training_metrics

PAGE = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
PERSONAL = {"user", "user_id", "movie", "movie_id", "item", "item_id"}


def of_a_training() -> CollectorRegistry:
    run = new_run(
        status=RunStatus.SUCCEEDED,
        started_at=REQUESTED_AT,
        finished_at=REQUESTED_AT,
        metrics={"rater.rmse": 0.9},
    )
    return training_metrics(
        totals={RunStatus.SUCCEEDED: 1},
        last=run,
        last_trained=run,
        champion=None,
        step_seconds={"load": 1.0},
    ).registry


def of_an_import() -> CollectorRegistry:
    totals = ImportTotals(1, {"inserted": 1}, {"malformed": 1}, REQUESTED_AT)
    return import_metrics(totals).registry


def of_a_drift_run() -> CollectorRegistry:
    measures = [RATING_MEASURE | {"value": 0.5}]
    report = finished_report(measures=measures, started_at=REQUESTED_AT)
    return drift_metrics(
        last=report, measured=report, reports={}, thresholds={"rating": 0.2}
    ).registry


def documented() -> dict[str, set[str]]:
    """Return the labels that the page's tables give each metric."""
    rows = re.findall(r"^\| `(matinee_\w+)` \| ([\w, ]*)\|", PAGE, re.MULTILINE)
    return {name: set(re.findall(r"\w+", labels)) for name, labels in rows}


def registered(registry: CollectorRegistry) -> Iterable[tuple[str, set[str]]]:
    for collector in list(registry._collector_to_names):
        name, suffix = collector._name, "_total" if collector._type == "counter" else ""  # type: ignore[attr-defined]
        yield name + suffix, set(collector._labelnames)  # type: ignore[attr-defined]


@pytest.mark.parametrize("registry", [REGISTRY, of_a_training(), of_an_import(), of_a_drift_run()])
def test_metrics_are_explained_with_their_labels(registry: CollectorRegistry) -> None:
    found = dict(registered(registry))
    assert found
    assert {name: documented().get(name) for name in found} == found


def test_metrics_page_has_no_label_for_a_person_or_a_movie() -> None:
    assert set().union(*documented().values()) & PERSONAL == set()


@pytest.mark.parametrize("cause", FallbackCause)
def test_metrics_page_explains_every_cause_of_a_fallback(cause: FallbackCause) -> None:
    assert f"| `{cause.value}` |" in PAGE


def test_strategies_cannot_be_mistaken_for_a_batch() -> None:
    assert "batch" not in set(Strategy)
