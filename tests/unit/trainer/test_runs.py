"""One training at a time, one for each event, and every end in its row."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from matinee.domain.runs import RunStatus
from matinee.errors import (
    ConflictError,
    InvalidRequestError,
    InvokeUnavailableError,
    NotEnoughRatingsError,
    NotFoundError,
    TrainingError,
)
from matinee.runs import InvokeLater
from matinee.stores.run_locks import RunLock
from matinee.stores.training_runs import TrainingOutcome, TrainingRunStore
from tests.support.runs import FakeLock
from tests.support.training import OUTCOME, FakeRunStore, new_run
from trainer.pipeline import Plan, Steps
from trainer.runs import TrainingRuns, parse_plan

WANTED = {"algorithm": "SVD"}


@dataclass
class Scene:
    """A store, a lock and a pipeline that does nothing or raises."""

    store: FakeRunStore = field(default_factory=FakeRunStore)
    lock: FakeLock = field(default_factory=FakeLock)
    error: Exception | None = None
    trained: list[Plan] = field(default_factory=list)
    invoked: list[Mapping[str, object]] = field(default_factory=list)
    reported: list[list[str]] = field(default_factory=list)

    def train(self, plan: Plan, _lock: RunLock, steps: Steps) -> TrainingOutcome:
        with steps.step("fit"):
            self.trained.append(plan)
        if self.error is not None:
            raise self.error
        return OUTCOME

    def runs(self, invoke_later: InvokeLater | None = None) -> TrainingRuns:
        return TrainingRuns(
            cast(TrainingRunStore, self.store), self.lock, self.train, invoke_later, self.report
        )

    def report(self, step_seconds: Mapping[str, float]) -> None:
        self.reported.append(list(step_seconds))

    def the_run(self) -> Any:
        (run,) = self.store.runs.values()
        return run


def ask(runs: TrainingRuns, event_id: str | None = None, *, may_wait: bool = True) -> Any:
    return runs.ask(WANTED, event_id=event_id, reason="a test", may_wait=may_wait)


def test_run_that_may_wait_is_done_at_once_and_its_result_kept() -> None:
    scene = Scene()
    run, mode = ask(scene.runs())
    assert (run.status, mode) == (RunStatus.SUCCEEDED, "inline")
    assert run.model_version == OUTCOME.model_version
    assert scene.store.steps == ["fit"]


def test_run_over_http_goes_on_in_an_invocation_of_its_own() -> None:
    scene = Scene()
    run, mode = ask(scene.runs(scene.invoked.append), may_wait=False)
    assert (run.status, mode, scene.trained) == (RunStatus.QUEUED, "asynchronous", [])
    assert scene.invoked == [{"run_id": str(run.run_id)}]
    done, _ = scene.runs().go_on(run.run_id)
    assert done.status is RunStatus.SUCCEEDED


def test_run_is_done_within_the_request_where_nothing_can_be_invoked() -> None:
    assert ask(Scene().runs(None), may_wait=False)[1] == "inline"


def test_run_is_done_within_the_request_when_the_platform_does_not_take_it() -> None:
    def refuse(_payload: Mapping[str, object]) -> None:
        raise InvokeUnavailableError("no")

    run, mode = ask(Scene().runs(refuse), may_wait=False)
    assert (run.status, mode) == (RunStatus.SUCCEEDED, "inline")


@pytest.mark.parametrize("may_wait", [True, False])
def test_repeated_event_starts_nothing(may_wait: bool) -> None:
    scene = Scene()
    first, _ = ask(scene.runs(), "event-1")
    again, mode = ask(scene.runs(scene.invoked.append), "event-1", may_wait=may_wait)
    assert (again.run_id, mode) == (first.run_id, "repeated")
    assert (len(scene.trained), scene.invoked) == (1, [])


def test_repeated_event_goes_on_with_a_run_that_was_never_begun() -> None:
    scene = Scene()
    scene.store.request(WANTED, event_id="event-1", reason=None)
    run, mode = ask(scene.runs(), "event-1")
    assert (run.status, mode) == (RunStatus.SUCCEEDED, "inline")


def test_repeated_event_of_a_failed_run_fails_too_so_that_it_is_not_taken_for_done() -> None:
    scene = Scene(error=NotEnoughRatingsError("too few"))
    for _ in range(2):
        with pytest.raises(TrainingError, match="too few"):
            ask(scene.runs(), "event-1")
    assert len(scene.trained) == 1


@pytest.mark.parametrize("can_invoke", [True, False])
def test_second_run_at_once_is_refused_with_the_id_of_the_first(can_invoke: bool) -> None:
    scene = Scene(lock=FakeLock(is_taken=True))
    first = new_run(status=RunStatus.RUNNING)
    scene.store.runs[first.run_id] = first
    with pytest.raises(ConflictError) as caught:
        ask(scene.runs(scene.invoked.append if can_invoke else None), may_wait=False)
    assert caught.value.details["running_run_id"] == str(first.run_id)
    refused = scene.store.runs[uuid.UUID(str(caught.value.details["run_id"]))]
    assert refused.status is RunStatus.REFUSED
    assert (scene.trained, scene.invoked) == ([], [])


def test_second_delivery_at_the_very_moment_does_not_refuse_the_run_of_the_first() -> None:
    scene = Scene(lock=FakeLock(is_taken=True))
    run = new_run()
    scene.store.runs[run.run_id] = run
    started_meanwhile = scene.store.running

    def start_meanwhile() -> Any:
        scene.store.start(run.run_id)
        return started_meanwhile()

    scene.store.running = start_meanwhile  # type: ignore[method-assign]
    with pytest.raises(ConflictError):
        scene.runs().go_on(run.run_id)
    assert scene.the_run().status is RunStatus.RUNNING


def test_second_delivery_during_the_run_changes_nothing() -> None:
    scene = Scene(lock=FakeLock(is_taken=True))
    run = new_run(status=RunStatus.RUNNING)
    scene.store.runs[run.run_id] = run
    assert scene.runs().go_on(run.run_id) == (run, "repeated")


def test_delivery_after_the_process_was_lost_ends_the_run_as_failed() -> None:
    scene = Scene()
    run = new_run(status=RunStatus.RUNNING)
    scene.store.runs[run.run_id] = run
    with pytest.raises(TrainingError, match="ended without a result"):
        scene.runs().go_on(run.run_id)
    assert scene.the_run().status is RunStatus.FAILED


def test_training_error_is_kept_in_the_row_as_it_is() -> None:
    scene = Scene(error=NotEnoughRatingsError("3 ratings are too few"))
    with pytest.raises(NotEnoughRatingsError) as caught:
        ask(scene.runs())
    assert scene.the_run().status is RunStatus.FAILED
    assert scene.the_run().error == "3 ratings are too few"
    assert caught.value.details["run_id"] == str(scene.the_run().run_id)


def test_unforeseen_error_is_kept_by_name_without_its_text() -> None:
    scene = Scene(error=RuntimeError("password=hunter2"))
    with pytest.raises(RuntimeError):
        ask(scene.runs())
    assert scene.the_run().status is RunStatus.FAILED
    assert "RuntimeError" in scene.the_run().error
    assert "hunter2" not in scene.the_run().error


def test_unknown_run_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        Scene().runs().go_on(uuid.uuid4())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        pytest.param({"algorithm": "Magic"}, "algorithm", id="algorithm"),
        pytest.param(
            {"algorithm": "SVD", "parameters": {"n_factors": 0}},
            "parameters.n_factors",
            id="out-of-range",
        ),
        pytest.param(
            {"algorithm": "KNNBasic", "parameters": {"user_based": True}},
            "user_based similarities cannot be served",
            id="user-based",
        ),
        pytest.param(
            {"algorithm": "SVD", "ranker": {"floor": 2}}, "ranker.floor", id="ranker-parameter"
        ),
    ],
)
def test_wrong_wish_is_refused_by_field_and_leaves_no_row(
    wanted: dict[str, Any], field: str
) -> None:
    scene = Scene()
    with pytest.raises(InvalidRequestError, match=field):
        scene.runs().ask(wanted, event_id=None, reason=None, may_wait=True)
    assert scene.store.runs == {}


def test_plan_keeps_what_was_asked_for() -> None:
    plan = parse_plan(
        {"algorithm": "SVD", "parameters": {"n_factors": 7}, "ranker": {"floor": 0.3}, "seed": 9}
    )
    assert plan.rater.model_dump()["n_factors"] == 7
    assert replace(plan, seed=0).ranker.floor == 0.3
    assert plan.seed == 9


def test_run_is_reported_once_however_it_ends() -> None:
    scene = Scene()
    run, _ = ask(scene.runs())
    scene.runs().go_on(run.run_id)
    assert scene.reported == [["fit"]]
    scene.error = NotEnoughRatingsError("too few")
    with pytest.raises(NotEnoughRatingsError):
        ask(scene.runs())
    assert scene.reported == [["fit"], ["fit"]]


def test_run_that_is_refused_is_not_reported() -> None:
    scene = Scene(lock=FakeLock(is_taken=True))
    with pytest.raises(ConflictError):
        ask(scene.runs())
    assert scene.reported == []
