"""The train function's contract, through its handler, over a bucket in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from mangum import Mangum
from moto import mock_aws

from matinee.domain.runs import RunStatus
from matinee.errors import NotEnoughRatingsError, RegistryUnavailableError
from matinee.stores.model_publisher import ModelPublisher
from matinee.stores.registry import ModelRegistry
from matinee.stores.training_runs import TrainingOutcome, TrainingRunStore
from matinee.web.direct import DirectInvocationError, direct_handler
from tests.support.events import InvocationContext, http_event, load_event
from tests.support.models import build_version
from tests.support.runs import FakeLock
from tests.support.training import OUTCOME, FakeRunStore, new_run
from trainer.app import create_app
from trainer.champion import Champions
from trainer.dependencies import get_champions, get_runs
from trainer.promotion import Tolerance
from trainer.runs import TrainingRuns
from trainer.settings import get_settings

BUCKET = "test-models"
TOKEN = "local-admin-token"  # the one in events/train.json


@dataclass
class FakeRegistry:
    """Remembers who was promoted; unreachable when told so."""

    promoted: list[str] = field(default_factory=list)
    is_down: bool = False

    def promote(self, version: str) -> None:
        if self.is_down:
            raise RegistryUnavailableError("down")
        self.promoted.append(version)


@dataclass
class TrainFunction:
    """The function's handler and what it leans on."""

    champions: Champions
    registry: FakeRegistry
    folder: Path
    store: FakeRunStore = field(default_factory=FakeRunStore)
    lock: FakeLock = field(default_factory=FakeLock)
    error: Exception | None = None
    invoked: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        app = create_app()
        app.dependency_overrides = {
            get_champions: lambda: self.champions,
            get_runs: lambda: TrainingRuns(
                cast(TrainingRunStore, self.store), self.lock, self._train, self.invoked.append
            ),
        }
        self.handler = Mangum(app, lifespan="off", custom_handlers=[direct_handler("/train/")])

    def _train(self, *_: object) -> TrainingOutcome:
        if self.error is not None:
            raise self.error
        return OUTCOME

    def request(
        self, method: str, path: str, body: object = None, *, label: str = "application/json"
    ) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": label}
        text = None if body is None else json.dumps(body)
        event = http_event(method, path, body=text, headers=headers)
        reply = self.handler(event, InvocationContext())
        return reply["statusCode"], json.loads(reply["body"])

    def send(self, event: dict[str, Any]) -> Any:
        return self.handler(event, InvocationContext())

    def publish(self, *versions: str) -> None:
        for version in versions:
            build_version(self.folder, version)
            self.champions.publisher.publish(self.folder / version)


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainFunction]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "DATABASE_URL": "postgresql://nowhere",
        "MODEL_BUCKET": BUCKET,
        "MLFLOW_TRACKING_URI": "http://nowhere",
        "ADMIN_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        registry = FakeRegistry()
        champions = Champions(ModelPublisher(client, BUCKET), cast(ModelRegistry, registry))
        yield TrainFunction(champions, registry, tmp_path)
    get_settings.cache_clear()


def test_train_over_http_answers_202_and_a_run_to_ask_for(function: TrainFunction) -> None:
    reply = function.send(load_event("train"))
    run = json.loads(reply["body"])
    assert (reply["statusCode"], run["mode"], run["status"]) == (202, "asynchronous", "queued")
    assert function.invoked == [{"run_id": run["run_id"]}]
    assert function.request("GET", f"/train/runs/{run['run_id']}")[1]["status"] == "queued"


def test_train_goes_on_when_the_function_gets_its_own_event(function: TrainFunction) -> None:
    _, run = function.request("POST", "/train/", {})
    done = function.send(function.invoked[0])
    assert (done["run_id"], done["status"], done["mode"]) == (
        run["run_id"],
        "succeeded",
        "inline",
    )


def test_train_without_trailing_slash_is_the_same_route(function: TrainFunction) -> None:
    assert function.request("POST", "/train", {})[0] == 202


def test_train_body_is_read_as_json_however_curl_labels_it(function: TrainFunction) -> None:
    label = "application/x-www-form-urlencoded"
    status, run = function.request("POST", "/train/", {"algorithm": "SVDpp"}, label=label)
    assert (status, run["parameters"]["algorithm"]) == (202, "SVDpp")


def test_train_by_schedule_is_done_in_the_invocation_and_once(function: TrainFunction) -> None:
    first, second = (function.send(load_event("schedule-train")) for _ in range(2))
    assert (first["status"], first["mode"]) == ("succeeded", "inline")
    assert first["reason"] == "matinee.schedule"
    assert (second["run_id"], second["mode"]) == (first["run_id"], "repeated")


def test_train_by_direct_invoke_needs_nothing(function: TrainFunction) -> None:
    assert function.send({})["status"] == "succeeded"


def test_train_that_fails_fails_the_invocation_and_leaves_a_row_that_says_why(
    function: TrainFunction,
) -> None:
    function.error = NotEnoughRatingsError("12 ratings leave 0 to evaluate on")
    with pytest.raises(DirectInvocationError, match="12 ratings"):
        function.send({})
    (run,) = function.request("GET", "/train/runs")[1]["runs"]
    assert (run["status"], run["error"]) == ("failed", "12 ratings leave 0 to evaluate on")


def test_train_while_another_runs_answers_409_with_its_id(function: TrainFunction) -> None:
    running = new_run(status=RunStatus.RUNNING)
    function.store.runs[running.run_id] = running
    function.lock.is_taken = True
    status, body = function.request("POST", "/train/", {})
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert body["error"]["details"]["running_run_id"] == str(running.run_id)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"algorithm": "NMF"}, "algorithm"),
        ({"parameters": {"n_factors": "many"}}, "parameters.n_factors"),
        ({"algorithms": "SVD"}, "algorithms"),
        ({"seed": -1}, "seed"),
    ],
)
def test_train_with_a_wrong_field_answers_422_and_names_it(
    function: TrainFunction, body: object, field: str
) -> None:
    status, reply = function.request("POST", "/train/", body)
    assert status == 422
    assert field in reply["error"]["message"]
    assert function.store.runs == {}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/train/"),
        ("POST", "/models/v1/promote"),
        ("POST", "/models/rollback"),
    ],
)
def test_writes_without_the_admin_token_answer_401(
    function: TrainFunction, method: str, path: str
) -> None:
    reply = function.send(http_event(method, path, body="{}"))
    assert reply["statusCode"] == 401
    assert function.store.runs == {}


def test_unknown_run_answers_404(function: TrainFunction) -> None:
    missing = "00000000-0000-0000-0000-000000000000"
    assert function.request("GET", f"/train/runs/{missing}")[0] == 404


def test_models_are_listed_newest_first_with_the_champion(function: TrainFunction) -> None:
    status, empty = function.request("GET", "/models")
    assert (status, empty["champion"], empty["models"]) == (200, None, [])
    function.publish("20240101-a", "20240201-b")
    function.request("POST", "/models/20240101-a/promote")
    _, listed = function.request("GET", "/models")
    assert listed["champion"] == "20240101-a"
    assert [(m["version"], m["is_champion"]) for m in listed["models"]] == [
        ("20240201-b", False),
        ("20240101-a", True),
    ]


def test_models_say_why_the_champion_serves_and_what_a_rollback_brings_back(
    function: TrainFunction,
) -> None:
    function.publish("v1", "v2")
    function.request("POST", "/models/v1/promote")
    _, champion = function.request("POST", "/models/v2/promote", {"reason": "better"})
    _, listed = function.request("GET", "/models")
    assert (listed["previous"], listed["promotion_reason"]) == ("v1", "better")
    assert listed["promoted_at"] == champion["promoted_at"]


def test_models_hold_what_two_versions_are_compared_by(function: TrainFunction) -> None:
    function.publish("v1")
    (model,) = function.request("GET", "/models")[1]["models"]
    assert model["rater_parameters"] == {"n_factors": 2}
    assert model["ranker_parameters"] == {
        "half_life": 0,
        "floor": 1,
        "star_exponent": 0,
        "newest": 500,
        "regularization": 100,
    }
    assert (model["n_ratings"], model["n_users"], model["n_items"]) == (3, 2, 6)
    assert model["git_revision"] == "0123abc"


def test_models_name_the_run_that_made_them_and_its_decision(function: TrainFunction) -> None:
    run = function.send({"reason": "weekly"})
    function.publish(OUTCOME.model_version, "trained-elsewhere")
    models = {m["version"]: m for m in function.request("GET", "/models")[1]["models"]}
    made, elsewhere = models[OUTCOME.model_version], models["trained-elsewhere"]
    assert (made["run_id"], made["mlflow_run_id"]) == (run["run_id"], OUTCOME.mlflow_run_id)
    assert (made["promoted"], made["decision"]) == (True, "the first model")
    assert (elsewhere["run_id"], elsewhere["promoted"], elsewhere["decision"]) == (None,) * 3


def test_models_are_listed_without_their_runs_while_the_database_is_down(
    function: TrainFunction,
) -> None:
    function.send({})
    function.publish(OUTCOME.model_version)
    function.store.is_down = True
    status, listed = function.request("GET", "/models")
    assert (status, listed["models"][0]["run_id"]) == (200, None)


def test_rollback_brings_back_what_served_before(function: TrainFunction) -> None:
    function.publish("v1", "v2")
    function.request("POST", "/models/v1/promote")
    function.request("POST", "/models/v2/promote", {"reason": "better"})
    status, champion = function.request("POST", "/models/rollback", {"reason": "odd lists"})
    assert (status, champion["version"], champion["previous"]) == (200, "v1", "v2")
    assert champion["reason"] == "odd lists"
    assert function.registry.promoted == ["v1", "v2", "v1"]


def test_rollback_with_nothing_before_answers_409(function: TrainFunction) -> None:
    function.publish("v1")
    assert function.request("POST", "/models/rollback")[0] == 409
    function.request("POST", "/models/v1/promote")
    assert function.request("POST", "/models/rollback")[0] == 409


def test_promoting_a_version_that_is_not_there_answers_404_and_keeps_the_champion(
    function: TrainFunction,
) -> None:
    function.publish("v1")
    function.request("POST", "/models/v1/promote")
    assert function.request("POST", "/models/v9/promote")[0] == 404
    assert function.request("GET", "/models")[1]["champion"] == "v1"


def test_promotion_serves_even_when_the_registry_is_down(function: TrainFunction) -> None:
    function.publish("v1")
    function.registry.is_down = True
    assert function.request("POST", "/models/v1/promote")[0] == 200
    assert function.request("GET", "/models")[1]["champion"] == "v1"


def test_challenge_gives_way_to_a_champion_that_somebody_swapped_meanwhile(
    function: TrainFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    function.publish("v1", "v2", "v3")
    function.champions.promote("v1", "first")
    challenger, _ = function.champions.publisher.manifest("v3")
    challenger = challenger.model_copy(
        update={"metrics": {**challenger.metrics, "popularity.ndcg_at_10": 0.1}}
    )
    stale = function.champions.publisher.champion()
    function.champions.promote("v2", "by hand")
    monkeypatch.setattr(function.champions.publisher, "champion", lambda: stale)
    decision = function.champions.challenge(challenger, Tolerance())
    monkeypatch.undo()
    assert not decision.promote
    assert "somebody else" in decision.reason
