"""The predict function with a small model on disk and stores in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from matinee.domain.ratings import Rating
from matinee.stores.rating_statistics import RatingStatistics
from predictor.api import create_handler
from predictor.champion import Champion
from predictor.questions import Opinions
from predictor.services import Services
from predictor.settings import PredictSettings
from tests.support.events import InvocationContext, http_event
from tests.support.models import HISTORIES, MOVIES, SNAPSHOT_AT, build_version
from tests.support.stores import (
    MemoryActivity,
    MemoryAnswers,
    MemoryMovies,
    MemoryRatings,
    MemoryStatistics,
    MemoryVersions,
    Switch,
    memory_stores,
)

ADMIN_TOKEN = "correct horse"
REFRESH_SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    """What the function answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.body["error"]
        assert set(error) == {"code", "message", "details"}
        return error

    @property
    def movie_ids(self) -> list[int]:
        return [item["movie_id"] for item in self.body["items"]]


class Clock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Predict:
    """The function and everything around it."""

    def __init__(self, folder: Path, **settings: object) -> None:
        stores = memory_stores(MOVIES)
        self.database: Switch = stores["database"]
        self.ratings: MemoryRatings = stores["ratings"]
        self.movies: MemoryMovies = stores["movies"]
        self.answers: MemoryAnswers = stores["answers"]
        self.statistics: MemoryStatistics = stores["statistics"]
        self.activity: MemoryActivity = stores["activity"]
        self.clock = Clock()
        opinions = Opinions(cast(RatingStatistics, self.statistics), self.clock)
        self.versions = MemoryVersions(folder)
        values = {"database_url": "unused", "model_bucket": "unused", "admin_token": ADMIN_TOKEN}
        services = Services(
            settings=PredictSettings.model_validate(values | settings),
            champion=Champion(self.versions, refresh_seconds=REFRESH_SECONDS, clock=self.clock),
            opinions=opinions,
            **stores,
        )
        self.handler = create_handler(services)

    def send(
        self,
        method: str,
        path: str,
        /,
        *,
        query: dict[str, object] | None = None,
        raw: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        **fields: object,
    ) -> Reply:
        """Send a request whose body is `raw`, or JSON of `fields`."""
        body = json.dumps(fields) if fields else raw
        event = http_event(method, path, query=query, body=body, headers=headers)
        reply = self.handler(event, InvocationContext())
        return Reply(reply["statusCode"], reply["headers"], reply["body"])

    def get(self, path: str, **query: object) -> Reply:
        return self.send("GET", path, query=query)

    def post(self, path: str, /, **fields: object) -> Reply:
        return self.send("POST", path, **fields)  # type: ignore[arg-type]

    def metric(self, name: str, **labels: str) -> float:
        """Read one figure from ``GET /metrics``; 0 where it was never counted."""
        inside = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        wanted = f"{name}{{{inside}}} " if labels else f"{name} "
        lines = self.get("/metrics").text.splitlines()
        return next((float(li.removeprefix(wanted)) for li in lines if li.startswith(wanted)), 0.0)

    def import_histories(self) -> None:
        """Store what the model was trained on, at a time before its snapshot."""
        for user_id, history in HISTORIES.items():
            for movie_id, stars in history.items():
                rating = Rating(user_id, movie_id, stars)
                self.ratings.stored[user_id, movie_id] = (rating, SNAPSHOT_AT)


@pytest.fixture
def empty_predict(tmp_path: Path) -> Predict:
    """The function before any model was promoted."""
    return Predict(tmp_path)


@pytest.fixture
def predict(tmp_path: Path) -> Predict:
    """The function with a champion and the ratings that it was trained on."""
    predict = Predict(tmp_path)
    predict.versions.pointer = build_version(tmp_path)
    predict.import_histories()
    return predict
