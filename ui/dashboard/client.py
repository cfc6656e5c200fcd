"""Matinee's API as the pages use it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Self

import httpx

DEFAULT_API_URL = "http://localhost:8080"
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 30.0


class ApiError(Exception):
    """The API did not give what was asked for; the text is a sentence for the page."""


@dataclass(frozen=True)
class Recommended:
    """One line of a list."""

    movie_id: int
    title: str
    year: int | None
    predicted_rating: float | None
    reasons: list[str]

    @classmethod
    def from_json(cls, item: dict[str, Any]) -> Self:
        """Read one item of the answer to ``POST /predict``."""
        return cls(
            movie_id=item["movie_id"],
            title=item["title"],
            year=item.get("year"),
            predicted_rating=item.get("predicted_rating"),
            reasons=[reason["title"] for reason in item.get("because") or []],
        )


@dataclass(frozen=True)
class RecommendationList:
    """What a user should watch, and how the list was made."""

    strategy: str
    model_version: str | None
    items: list[Recommended]


class MatineeClient:
    """Asks the API at `base_url`."""

    def __init__(self, base_url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url = base_url
        self._http = httpx.Client(
            base_url=base_url,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
        )

    @classmethod
    def from_environment(cls) -> Self:
        """Connect to the API that the variable API_URL names."""
        return cls(os.environ.get("API_URL") or DEFAULT_API_URL)

    def recommend(self, user_id: int, n: int) -> RecommendationList:
        """Return the `n` movies that the user should watch."""
        answer = self._post("/predict", {"user_id": user_id, "n": n})
        try:
            return RecommendationList(
                strategy=answer["strategy"],
                model_version=answer.get("model_version"),
                items=[Recommended.from_json(item) for item in answer["items"]],
            )
        except (KeyError, TypeError) as error:
            raise ApiError(f"The API at {self.base_url} gave an answer without {error}.") from error

    def _post(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        try:
            answer = self._http.post(path, json=body)
        except httpx.TimeoutException as error:
            raise ApiError(f"The API at {self.base_url} takes too long to answer.") from error
        except httpx.HTTPError as error:
            raise ApiError(f"The API at {self.base_url} cannot be reached.") from error
        if answer.is_error:
            raise ApiError(f"The API says: {_message(answer)}")
        try:
            content: dict[str, Any] = answer.json()
        except ValueError as error:
            raise ApiError(f"What answers at {self.base_url} is not Matinee's API.") from error
        return content


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
