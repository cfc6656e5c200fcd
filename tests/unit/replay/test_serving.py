from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from replay import serving
from replay.errors import ReplayError
from replay.serving import count_logged, serve

NOW = datetime(2024, 1, 1, tzinfo=UTC)


class ListsOnly:
    """An API that answers lists made by one version."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def recommend_many(self, user_ids: Sequence[int], n: int) -> list[dict[str, Any]]:
        self.batches.append(len(user_ids))
        return [{"user_id": user, "model_version": "v1", "items": []} for user in user_ids]


class Counts:
    """A database that keeps one more list each time it is asked."""

    def __init__(self) -> None:
        self.n_kept = 0

    def fetch(self, statement: str, parameters: Sequence[object]) -> list[tuple[int]]:
        assert parameters == (NOW,)
        self.n_kept += 1
        return [(self.n_kept,)]


def test_users_are_asked_for_in_batches_that_the_api_takes() -> None:
    api: Any = ListsOnly()
    answers = serve(api, range(1, 251), 10, version="v1")
    assert api.batches == [100, 100, 50]
    assert [answer["user_id"] for answer in answers] == list(range(1, 251))


def test_lists_of_another_version_end_the_replay() -> None:
    api: Any = ListsOnly()
    with pytest.raises(ReplayError, match="v1, though v2 should serve"):
        serve(api, [1], 10, version="v2")


def test_counting_waits_for_lists_that_are_kept_after_the_reply() -> None:
    database: Any = Counts()
    assert count_logged(database, NOW, n_expected=3) == 3


def test_counting_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LOG_SECONDS", -1)
    database: Any = Counts()
    assert count_logged(database, NOW, n_expected=3) == 1
