"""A drift run: from a window to a report on S3, a row, metrics, and perhaps a training."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from drift_monitor.measures import MEASURES
from drift_monitor.measuring import Least, Measurement, measure
from drift_monitor.page import report_page
from drift_monitor.schemas import ReportView
from drift_monitor.trainings import Trainings
from drift_monitor.verdict import Judgement, judge_all, overall, summary
from matinee.artifacts.model import Model
from matinee.domain.runs import RunStatus
from matinee.errors import UnavailableError
from matinee.stores.arrivals import Arrivals
from matinee.stores.drift_reports import DriftOutcome, DriftReport, DriftReportStore
from matinee.stores.report_files import HTML, JSON, ReportFiles
from matinee.stores.run_locks import RunLock

logger = logging.getLogger("matinee.drift")

TREND_REPORTS = 30


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say about a run."""

    thresholds: Mapping[str, float]
    least: Least
    window_days: float
    report_max_age_days: float


@dataclass(frozen=True, slots=True)
class DriftMonitor:
    """Measures, stores, and starts a training when that would help."""

    store: DriftReportStore
    files: ReportFiles
    load_champion: Callable[[], Model]
    read_arrivals: Callable[[datetime, datetime], Arrivals]
    policy: Policy
    trainings: Trainings
    tell: Callable[[], None]
    """Called after each run, however it ended."""

    def work(self, run: DriftReport, _lock: RunLock, when_unlocked: ExitStack) -> None:
        """Do a run; the report is complete before the row says that it is there."""
        when_unlocked.callback(self.tell)
        model = self.load_champion()
        until = datetime.now(UTC)
        since = self._since(run.parameters, model, until)
        measurement = measure(
            self.read_arrivals(since, until), model, self.policy.least, self.policy.thresholds
        )
        judgements = judge_all(measurement.findings, self.policy.thresholds)
        outcome = DriftOutcome(
            since_at=since,
            until_at=until,
            model_version=model.manifest.version,
            verdict=overall(judgements),
            summary=summary(judgements, measurement.counts),
            counts=measurement.counts,
            measures=[_as_json(judged) for judged in judgements],
            training=self.trainings.claim(run.run_id, judgements),
        )
        outcome = self._save_files_and_start_training(run, outcome, measurement)
        self.store.succeed(run.run_id, outcome)
        logger.info("report %s: %s: %s", run.run_id, outcome.verdict, outcome.summary)
        self._forget_old_reports()

    def _since(self, parameters: Mapping[str, Any], model: Model, until: datetime) -> datetime:
        wanted = parameters.get("since")
        since = (
            datetime.fromisoformat(wanted)
            if wanted
            else until - timedelta(days=self.policy.window_days)
        )
        # What the champion was trained on is the reference and cannot be current as well.
        return max(since, model.manifest.data.snapshot_at)

    def _save_files_and_start_training(
        self, run: DriftReport, outcome: DriftOutcome, measurement: Measurement
    ) -> DriftOutcome:
        """Start nothing that no report explains; return the outcome with what became of it."""
        claimed = dict(outcome.training)
        try:
            self._save_files(run, outcome, measurement)
        except Exception:
            self.trainings.release(run.run_id, claimed)
            raise
        training = self.trainings.start(run.run_id, claimed)
        if training != claimed:
            outcome = replace(outcome, training=training)
            self._save_files(run, outcome, measurement)
        return outcome

    def _save_files(
        self, run: DriftReport, outcome: DriftOutcome, measurement: Measurement
    ) -> None:
        report = replace(
            run,
            status=RunStatus.SUCCEEDED,
            finished_at=outcome.until_at,
            **{name: getattr(outcome, name) for name in DriftOutcome.__slots__},
        )
        view = ReportView.of(report, [*self.store.finished(limit=TREND_REPORTS - 1), report])
        evidently = None if measurement.columns is None else measurement.columns.html
        files = {HTML: report_page(view, evidently), JSON: view.model_dump_json(indent=2)}
        self.files.save(run.run_id, files)

    def _forget_old_reports(self) -> None:
        """Remove old reports, files first; what fails is tried again by the next run."""
        try:
            old = self.store.older_than(self.policy.report_max_age_days)
            for report_id in old:
                self.files.delete(report_id)
                self.store.delete([report_id])
        except UnavailableError as error:
            logger.warning("old reports were not all removed: %s", error)


def _as_json(judged: Judgement) -> dict[str, Any]:
    facts, figures = MEASURES[judged.name], asdict(judged.finding)
    del figures["obstacle"]
    return {
        "name": judged.name,
        "kind": facts.kind,
        "verdict": judged.verdict,
        "threshold": judged.threshold,
        "counted": facts.counted,
        "explanation": judged.explanation,
        **figures,
    }
