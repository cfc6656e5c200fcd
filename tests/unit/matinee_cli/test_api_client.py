from __future__ import annotations

import httpx
import pytest

from matinee.errors import TrainingError, UnavailableError
from matinee_cli import api_client
from matinee_cli.api_client import ApiClient

TOKEN = "a-token"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_client, "POLL_SECONDS", 0)


def client_for(*runs: dict[str, object]) -> ApiClient:
    """Return a client of an API whose training run looks like `runs`, one after the other."""
    answers = iter(runs)

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        started = request.method == "POST"
        assert request.url.path == ("/train" if started else "/train/runs/r1")
        return httpx.Response(202 if started else 200, json={"run_id": "r1", **next(answers)})

    return ApiClient(1, TOKEN, transport=httpx.MockTransport(answer))


def test_train_reports_each_step_once_and_returns_the_finished_run() -> None:
    steps: list[str] = []
    api = client_for(
        {"status": "queued"},
        {"status": "running", "step": "fitting"},
        {"status": "running", "step": "fitting"},
        {"status": "running", "step": "publishing"},
        {"status": "succeeded", "step": "publishing", "model_version": "v1"},
    )
    with api:
        run = api.train(on_step=steps.append)
    assert steps == ["fitting", "publishing"]
    assert run["model_version"] == "v1"


def test_train_done_within_the_request_needs_no_polling() -> None:
    with client_for({"status": "succeeded", "model_version": "v1"}) as api:
        assert api.train(on_step=print)["model_version"] == "v1"


@pytest.mark.parametrize("status", ["failed", "refused"])
def test_train_that_does_not_succeed_says_why(status: str) -> None:
    api = client_for({"status": status, "error": "MLflow does not answer"})
    with api, pytest.raises(TrainingError, match=f"{status}: MLflow does not answer"):
        api.train(on_step=print)


def test_refused_call_tells_what_the_api_said() -> None:
    refusal = httpx.Response(403, json={"error": {"code": "unauthorized", "message": "no token"}})
    api = ApiClient(1, TOKEN, transport=httpx.MockTransport(lambda request: refusal))
    with api, pytest.raises(UnavailableError, match="403: no token"):
        api.recommend(15, 10)


def test_api_that_is_down_is_named_with_the_call() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    api = ApiClient(1, TOKEN, transport=httpx.MockTransport(refuse))
    with api, pytest.raises(UnavailableError, match="POST /predict was not answered"):
        api.recommend(15, 10)
