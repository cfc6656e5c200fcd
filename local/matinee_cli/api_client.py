"""The API as `matinee run` uses it: is it ready, train, recommend."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from embedded.ports import HOST
from embedded.supervisor import Supervisor
from matinee.errors import TrainingError, UnavailableError

READY_SECONDS = 60.0
TRAIN_SECONDS = 900.0
POLL_SECONDS = 0.5
FINISHED = ("succeeded", "failed", "refused")
Json = dict[str, Any]


class ApiClient:
    """Talks to the API on this machine, as an admin."""

    def __init__(
        self, port: int, admin_token: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(
            base_url=f"http://{HOST}:{port}",
            headers={"authorization": f"Bearer {admin_token}"},
            # The gateway itself gives up after 30 s.
            timeout=httpx.Timeout(35, connect=5),
            transport=transport,
            trust_env=False,  # a proxy has no part in what stays on this machine
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def wait_until_ready(self, supervisor: Supervisor) -> None:
        """Return once the functions have a model and reach what they need."""
        deadline = time.monotonic() + READY_SECONDS
        while (answer := self._http.get("/ready")).status_code != 200:
            supervisor.check()
            if time.monotonic() > deadline:
                raise UnavailableError(f"the API is not ready: {_message(answer)}")
            time.sleep(POLL_SECONDS)

    def train(self, *, on_step: Callable[[str], None]) -> Json:
        """Start a training run, report each new step, and return the run when it succeeded."""
        run = self._call("POST", "/train", json={})
        last_step = None
        deadline = time.monotonic() + TRAIN_SECONDS
        while run["status"] not in FINISHED:
            if run.get("step") and run["step"] != last_step:
                last_step = run["step"]
                on_step(last_step)
            if time.monotonic() > deadline:
                raise TrainingError(f"training run {run['run_id']} takes too long")
            time.sleep(POLL_SECONDS)
            run = self._call("GET", f"/train/runs/{run['run_id']}")
        if run["status"] != "succeeded":
            why = run.get("error") or run.get("reason")
            raise TrainingError(f"training run {run['run_id']} {run['status']}: {why}")
        return run

    def recommend(self, user_id: int, n: int) -> Json:
        """Return the list for a user."""
        return self._call("POST", "/predict", json={"user_id": user_id, "n": n})

    def _call(self, method: str, path: str, **arguments: Any) -> Json:
        try:
            answer = self._http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise UnavailableError(f"{method} {path} was not answered: {error}") from error
        if answer.is_error:
            raise UnavailableError(
                f"{method} {path} was answered with {answer.status_code}: {_message(answer)}"
            )
        found: Json = answer.json()
        return found


def _message(answer: httpx.Response) -> str:
    """Return what the API says went wrong, or the start of what it says instead."""
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
