"""A run's window, its report, the training it asks for, and what it tidies up."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from drift_monitor import runs
from drift_monitor.measures import MEASURES, Finding
from drift_monitor.measuring import Least, Measurement
from drift_monitor.report import ColumnReport
from drift_monitor.runs import DriftMonitor, Policy
from drift_monitor.trainings import StartTraining, Trainings
from matinee.artifacts.model import Model
from matinee.domain.runs import RunStatus
from matinee.errors import (
    ArtifactStoreUnavailableError,
    InvokeUnansweredError,
    InvokeUnavailableError,
)
from matinee.stores.arrivals import Arrivals
from matinee.stores.drift_reports import DriftReport, DriftReportStore
from matinee.stores.report_files import HTML, JSON, ReportFiles
from tests.support.drift_runs import MemoryReports, finished_report, outcome_of
from tests.support.drift_windows import arrived, champion_of, facts_of
from tests.support.models import MOVIES, SNAPSHOT_AT
from tests.support.runs import REQUESTED_AT, FakeLock

NOTHING = Arrivals(arrived([]), facts_of(MOVIES), [])
COUNTS = {"ratings": 900, "users": 90, "movies": 70, "lists": 40}
QUIET = Finding(900, 500, value=0.1, reference=0.1, score=0.01, chance=0.0)
DRIFTED = Finding(900, 500, value=0.5, reference=0.1, score=0.5, chance=0.01)


@dataclass
class MemoryFiles:
    """`ReportFiles` in a dictionary; S3 is down when told so."""

    files: dict[uuid.UUID, Mapping[str, str]] = field(default_factory=dict)
    is_down: bool = False

    def save(self, report_id: uuid.UUID, files: Mapping[str, str]) -> None:
        self._check()
        self.files[report_id] = files

    def delete(self, report_id: uuid.UUID) -> None:
        self._check()
        self.files.pop(report_id, None)

    def _check(self) -> None:
        if self.is_down:
            raise ArtifactStoreUnavailableError("S3 does not answer")


@dataclass
class Scene:
    """A monitor whose measuring finds what a test wants."""

    model: Model
    store: MemoryReports = field(default_factory=MemoryReports)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    found: dict[str, Finding] = field(default_factory=dict)
    html: str | None = "<html><body>Evidently</body></html>"
    windows: list[tuple[datetime, datetime]] = field(default_factory=list)
    started: list[Mapping[str, object]] = field(default_factory=list)
    told: list[list[str | None]] = field(default_factory=list)
    """The verdicts that were there when others were told."""
    window_days: float = 30

    def read_arrivals(self, since: datetime, until: datetime) -> Arrivals:
        self.windows.append((since, until))
        return NOTHING

    def measure(self, *_: object) -> Measurement:
        findings = dict.fromkeys(MEASURES, Finding(3, 500)) | self.found
        columns = None if self.html is None else ColumnReport({}, self.html)
        return Measurement(findings, columns, COUNTS)

    def monitor(self, start_training: StartTraining | None) -> DriftMonitor:
        return DriftMonitor(
            store=cast(DriftReportStore, self.store),
            files=cast(ReportFiles, self.files),
            load_champion=lambda: self.model,
            read_arrivals=self.read_arrivals,
            policy=Policy(
                thresholds={name: facts.threshold for name, facts in MEASURES.items()},
                least=Least(),
                window_days=self.window_days,
                report_max_age_days=90,
            ),
            trainings=Trainings(cast(DriftReportStore, self.store), 20, start_training),
            tell=lambda: self.told.append([run.verdict for run in self.store.runs.values()]),
        )

    def run(self, *, start_training: Any = "record", **parameters: str) -> DriftReport:
        start = self.started.append if start_training == "record" else start_training
        report, _ = self.store.request(parameters, event_id=None, reason=None)
        self.store.start(report.run_id)
        n_told = len(self.told)
        with ExitStack() as when_unlocked:
            self.monitor(start).work(report, cast(Any, FakeLock()), when_unlocked)
            assert len(self.told) == n_told, "others wait for the lock meanwhile"
        done = self.store.get(report.run_id)
        assert done is not None
        return done


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    scene = Scene(champion_of(tmp_path, [(1, 10, 5.0, 100)]), found={"rating": QUIET})
    monkeypatch.setattr(runs, "measure", scene.measure)
    yield scene


def training(report: DriftReport) -> dict[str, Any]:
    assert report.training is not None
    return report.training


def test_run_without_drift_leaves_a_report_and_starts_nothing(scene: Scene) -> None:
    report = scene.run()
    assert (report.status, report.verdict) == (RunStatus.SUCCEEDED, "no_drift")
    assert report.model_version == scene.model.manifest.version
    assert report.counts == COUNTS
    assert "look like what the model was trained on" in (report.summary or "")
    assert training(report)["requested"] is False
    assert (scene.started, scene.store.claims) == ([], {})


def test_row_of_a_run_can_be_stored_as_json(scene: Scene) -> None:
    report = scene.run()
    measures = json.loads(json.dumps(report.measures, allow_nan=False))
    assert [measure["name"] for measure in measures] == list(MEASURES)
    assert measures[0] == {
        "name": "rating",
        "kind": "column",
        "verdict": "ok",
        "threshold": 0.2,
        "counted": "ratings",
        "explanation": "The distribution of stars differs by a PSI of 0.010.",
        "n": 900,
        "n_needed": 500,
        "value": 0.1,
        "reference": 0.1,
        "score": 0.01,
        "chance": 0.0,
    }


def test_files_of_a_run_hold_the_page_and_the_report_with_the_trend(scene: Scene) -> None:
    yesterday = REQUESTED_AT - timedelta(days=1)
    scene.store.add(finished_report(outcome_of(0.15), requested_at=yesterday))
    report = scene.run()
    files = scene.files.files[report.run_id]
    assert "No drift was found" in files[HTML] and "Evidently" in files[HTML]
    body = json.loads(files[JSON])
    assert (body["report_id"], body["status"]) == (str(report.run_id), "succeeded")
    assert [point["score"] for point in body["measures"][0]["trend"]] == [0.15, 0.01]


def test_run_whose_columns_had_too_few_rows_has_a_page_without_evidently(scene: Scene) -> None:
    scene.html, scene.found = None, {}
    report = scene.run()
    assert report.verdict == "not_enough_data"
    assert "Not enough data to tell" in scene.files.files[report.run_id][HTML]


def test_run_tells_others_once_its_report_is_there(scene: Scene) -> None:
    scene.found = {"rating": DRIFTED}
    scene.run()
    assert scene.told == [["drift"]]


def test_report_that_could_not_be_saved_is_not_a_row_that_says_so_and_others_are_told(
    scene: Scene,
) -> None:
    scene.files.is_down = True
    with pytest.raises(ArtifactStoreUnavailableError):
        scene.run()
    (report,) = scene.store.runs.values()
    assert (report.status, report.verdict, scene.told) == (RunStatus.RUNNING, None, [[None]])


def test_window_is_the_last_days(scene: Scene) -> None:
    report = scene.run()
    [(since, until)] = scene.windows
    assert until - since == timedelta(days=30)
    assert abs(until - datetime.now(UTC)) < timedelta(minutes=1)
    assert (report.since_at, report.until_at) == (since, until)


def test_window_begins_when_asked_to(scene: Scene) -> None:
    scene.run(since="2022-05-01T12:00:00Z")
    assert scene.windows[0][0] == datetime(2022, 5, 1, 12, tzinfo=UTC)


def test_window_never_reaches_into_what_the_champion_was_trained_on(scene: Scene) -> None:
    scene.run(since="2019-05-01T00:00:00Z")
    scene.window_days = 36_500
    scene.run()
    assert [since for since, _ in scene.windows] == [SNAPSHOT_AT] * 2


def test_drift_starts_a_training_that_knows_why(scene: Scene) -> None:
    scene.found = {"rating": DRIFTED, "fallbacks": DRIFTED}
    report = scene.run()
    event_id = f"drift-{report.run_id}"
    reason = "drift: rating 0.500 > 0.2"
    assert scene.started == [{"event_id": event_id, "reason": reason}]
    assert training(report) == {"requested": True, "reason": reason, "event_id": event_id}


def test_drift_starts_one_training_a_period(scene: Scene) -> None:
    scene.found = {"rating": DRIFTED}
    first, second = scene.run(), scene.run()
    assert (training(first)["requested"], training(second)["requested"]) == (True, False)
    assert "an earlier report has the one training of 20 hours" in training(second)["reason"]
    scene.store.now += timedelta(hours=21)
    assert training(scene.run())["requested"] is True
    assert len(scene.started) == 2


def test_training_is_started_only_when_its_report_can_be_read(scene: Scene) -> None:
    scene.found = {"rating": DRIFTED}
    pages: list[str] = []
    report = scene.run(
        start_training=lambda _: pages.extend(files[HTML] for files in scene.files.files.values())
    )
    assert len(pages) == 1 and "Training was started" in pages[0]
    assert training(report)["requested"] is True


def test_report_whose_files_cannot_be_written_starts_no_training_and_leaves_it_to_the_next(
    scene: Scene,
) -> None:
    scene.found = {"rating": DRIFTED}
    scene.files.is_down = True
    with pytest.raises(ArtifactStoreUnavailableError):
        scene.run()
    assert (scene.started, scene.store.claims) == ([], {})
    scene.files.is_down = False
    assert training(scene.run())["requested"] is True


def test_training_that_could_not_be_started_leaves_the_next_report_free_to(scene: Scene) -> None:
    def refuse(_payload: Mapping[str, object]) -> None:
        raise InvokeUnavailableError("no")

    scene.found = {"rating": DRIFTED}
    report = scene.run(start_training=refuse)
    assert (report.status, report.verdict) == (RunStatus.SUCCEEDED, "drift")
    assert training(report)["requested"] is False
    assert "could not be invoked" in training(report)["reason"]
    files = scene.files.files[report.run_id]
    assert "Training was not started" in files[HTML]
    assert json.loads(files[JSON])["training"]["requested"] is False
    assert training(scene.run())["requested"] is True


def test_training_that_was_perhaps_started_is_the_one_of_its_period(scene: Scene) -> None:
    def say_nothing(_payload: Mapping[str, object]) -> None:
        raise InvokeUnansweredError("no answer")

    scene.found = {"rating": DRIFTED}
    report = scene.run(start_training=say_nothing)
    assert training(report)["event_id"] == f"drift-{report.run_id}"
    assert (training(report)["requested"], training(report)["confirmed"]) == (True, False)
    assert "is not known" in training(report)["reason"]
    files = scene.files.files[report.run_id]
    assert "Training was perhaps started" in files[HTML]
    assert json.loads(files[JSON])["training"]["confirmed"] is False
    assert training(scene.run())["requested"] is False
    assert scene.started == []


def test_platform_that_starts_nothing_says_what_to_do_and_claims_nothing(scene: Scene) -> None:
    scene.found = {"rating": DRIFTED}
    report = scene.run(start_training=None)
    assert "start one" in training(report)["reason"]
    assert (training(report)["requested"], scene.store.claims) == (False, {})


def test_drift_that_no_training_mends_starts_none(scene: Scene) -> None:
    scene.found = {"rating": QUIET, "fallbacks": DRIFTED}
    report = scene.run()
    assert (report.verdict, scene.started, scene.store.claims) == ("drift", [], {})
    assert "does not mend" in training(report)["reason"]


def test_reason_of_a_training_is_no_longer_than_the_train_function_takes(scene: Scene) -> None:
    scene.found = dict.fromkeys(MEASURES, DRIFTED)
    scene.run()
    assert len(str(scene.started[0]["reason"])) <= 500


def old_report() -> DriftReport:
    return finished_report(requested_at=REQUESTED_AT - timedelta(days=91))


def test_old_reports_are_removed_with_their_files_and_younger_ones_kept(scene: Scene) -> None:
    old, young = old_report(), finished_report(requested_at=REQUESTED_AT - timedelta(days=89))
    scene.store.add(old, young)
    scene.files.files = {old.run_id: {}, young.run_id: {}}
    report = scene.run()
    assert set(scene.store.runs) == set(scene.files.files) == {young.run_id, report.run_id}


def test_old_report_is_kept_while_its_files_cannot_be_removed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_report_id: uuid.UUID) -> None:
        raise ArtifactStoreUnavailableError("S3 does not answer")

    old = old_report()
    scene.store.add(old)
    monkeypatch.setattr(scene.files, "delete", fail)
    assert scene.run().status is RunStatus.SUCCEEDED
    assert old.run_id in scene.store.runs
    monkeypatch.undo()
    monkeypatch.setattr(runs, "measure", scene.measure)
    scene.run()
    assert old.run_id not in scene.store.runs
