"""The API as commands use it: is it ready, train, recommend, measure drift."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
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
        run = self.ended_run(self.start_training(), on_step=on_step)
        if run["status"] != "succeeded":
            why = run.get("error") or run.get("reason")
            raise TrainingError(f"training run {run['run_id']} {run['status']}: {why}")
        return run

    def start_training(self, reason: str | None = None) -> Json:
        """Ask for a training and return its run, which goes on."""
        return self._call("POST", "/train", json={} if reason is None else {"reason": reason})

    def ended_run(self, run: Json, *, on_step: Callable[[str], None] | None = None) -> Json:
        """Wait until a training run has ended, however it did, and return it."""
        last_step = None

        def ended(run: Json) -> Json | None:
            nonlocal last_step
            if on_step and run.get("step") and run["step"] != last_step:
                last_step = run["step"]
                on_step(last_step)
            return run if run["status"] in FINISHED else None

        run_id = run["run_id"]
        return ended(run) or self._look_until(
            ended, f"/train/runs/{run_id}", f"training run {run_id}"
        )

    def ended_run_of_event(self, event_id: str) -> Json:
        """Wait until the run that an event starts has ended, and return it."""

        def of_event(found: Json) -> Json | None:
            return next((run for run in found["runs"] if run["event_id"] == event_id), None)

        run = self._look_until(of_event, "/train/runs", f"the training of event {event_id}")
        return self.ended_run(run)

    def measure_drift(self, *, since: datetime, reason: str) -> Json:
        """Have drift measured on what came in since then, and return the report."""
        asked = {"since": since.isoformat(), "reason": reason}
        report = self._call("POST", "/drift", json=asked)

        def ended(report: Json) -> Json | None:
            return report if report["status"] in FINISHED else None

        path = f"/drift/reports/{report['report_id']}?format=json"
        return self._look_until(ended, path, f"drift report {report['report_id']}")

    def recommend_many(self, user_ids: Sequence[int], n: int) -> list[Json]:
        """Return a list for each user, in their order."""
        wanted = {"user_ids": list(user_ids), "n": n, "n_reasons": 0}
        lists: list[Json] = self._call("POST", "/predict/batch", json=wanted)["results"]
        return lists

    def recommend(self, user_id: int, n: int) -> Json:
        """Return the list for a user."""
        return self._call("POST", "/predict", json={"user_id": user_id, "n": n})

    def _look_until(self, pick: Callable[[Json], Json | None], path: str, what: str) -> Json:
        """Look at a path again and again until `pick` finds something in the answer."""
        deadline = time.monotonic() + TRAIN_SECONDS
        while (found := pick(self._call("GET", path))) is None:
            if time.monotonic() > deadline:
                raise TrainingError(f"{what} takes too long")
            time.sleep(POLL_SECONDS)
        return found

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
