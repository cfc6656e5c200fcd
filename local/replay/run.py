"""The replay itself: serve, let ratings arrive, measure drift, retrain, step on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from dataset_import.progress import Progress
from dataset_import.run import import_source
from dataset_import.source import Source
from matinee.stores.database import Database
from matinee.stores.ratings import RatingStore
from replay.api import Api
from replay.errors import ReplayError
from replay.measuring import ListScore, judge, score_lists
from replay.ratings import DatedRatings, arrival
from replay.serving import count_logged, serve
from replay.steps import DriftReport, ServedList, Serving, Step, Training
from replay.versions import Arm, Versions
from replay.windows import Window

Retrain = Literal["drift", "always", "never"]
FIRST_REASON = "replay: the first model"
_DATABASE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the replay's own database is, and where rows go that it refuses."""

    database_url: str
    rejects: Path

    def store(self, source: Source) -> None:
        """Import a source."""
        import_source(
            source,
            database_url=self.database_url,
            rejects_path=self.rejects,
            progress=Progress(enabled=False),
        )


class Replay:
    """Plays windows against running functions, one at a time and in order."""

    def __init__(
        self,
        api: Api,
        versions: Versions,
        place: Place,
        ratings: DatedRatings,
        *,
        name: str,
        n: int,
        retrain: Retrain,
    ) -> None:
        self._api = api
        self._versions = versions
        self._place = place
        self._database = Database(place.database_url, timeout_seconds=_DATABASE_SECONDS)
        self._ratings = ratings
        self._name = name
        self._n = n
        self._retrain = retrain
        self._serving: Serving | None = None

    def begin(self) -> Serving:
        """Train the first model on what is imported already, and return it."""
        run = Training.of(self._api.ended_run(self._api.start_training(FIRST_REASON)))
        if run.model_version is None or not run.promoted:
            raise ReplayError(
                f"the first model does not serve ({run.outcome}: {run.decision}): "
                "begin later with --from, so that it has more to learn from"
            )
        self._versions.first()  # loaded now: it stays when others serve
        self._serving = Serving(run.model_version, run.decision)
        return self._serving

    def step(self, window: Window) -> Step:
        """Play one window."""
        assert self._serving is not None
        started, served_at = time.monotonic(), datetime.now(UTC)
        serving, arriving = self._serving, self._ratings.between(window.begins, window.ends)
        rated = arriving.by_user()
        answers = serve(self._api, list(rated), self._n, version=serving.version)
        served, first = self._arms(serving.version, list(rated))
        n_logged = count_logged(self._database, served_at, n_expected=len(answers))
        if len(arriving):
            self._place.store(arrival(self._name, arriving))
        lists = {answer["user_id"]: _movie_ids(answer) for answer in answers}
        first_lists = first.lists(self._n)
        scores = score_lists(lists, rated, self._n)
        first_scores = score_lists(first_lists, rated, self._n)
        strategies = {answer["user_id"]: str(answer["strategy"]) for answer in answers}
        drift = self._measure_drift(window, served_at)
        training = self._train(window, drift)
        return Step(
            window=window,
            n_ratings=len(arriving),
            n_logged=n_logged,
            serving=serving,
            served=judge(served.model, served.users, lists, scores, rated),
            first=judge(first.model, first.users, first_lists, first_scores, rated),
            lists=_served_lists(served, strategies, scores, first_scores),
            drift=drift,
            training=training,
            seconds=time.monotonic() - started,
        )

    def _arms(self, version: str, users: list[int]) -> tuple[Arm, Arm]:
        """Return the serving and the first version with what is known of users right now."""
        ratings = RatingStore(self._database)
        return (
            Arm(self._versions.serving(version), ratings, users),
            Arm(self._versions.first(), ratings, users),
        )

    def _measure_drift(self, window: Window, since: datetime) -> DriftReport:
        answer = self._api.measure_drift(since=since, reason=f"replay: {window}")
        if answer["status"] != "succeeded":
            why = answer.get("error") or "no reason given"
            raise ReplayError(f"drift of {window} was not measured ({answer['status']}): {why}")
        return DriftReport.of(answer)

    def _train(self, window: Window, drift: DriftReport) -> Training | None:
        """Wait for the training that drift began, or begin the one that every step has."""
        if self._retrain == "always":
            begun = self._api.start_training(f"replay: after {window}")
            training = Training.of(self._api.ended_run(begun))
        elif drift.training_event_id is not None:
            training = Training.of(self._api.ended_run_of_event(drift.training_event_id))
        else:
            return None
        if training.promoted and training.model_version is not None:
            because = f"{training.reason}; {training.decision}"
            self._serving = Serving(training.model_version, because)
        return training


def _movie_ids(answer: Mapping[str, list[dict[str, int]]]) -> list[int]:
    return [item["movie_id"] for item in answer["items"]]


def _served_lists(
    arm: Arm,
    strategies: Mapping[int, str],
    scores: Mapping[int, ListScore],
    first_scores: Mapping[int, ListScore],
) -> list[ServedList]:
    return [
        ServedList(
            user_id=user_id,
            is_new_user=arm.is_new(user_id),
            strategy=strategy,
            served=scores[user_id],
            first=first_scores[user_id],
        )
        for user_id, strategy in strategies.items()
    ]
