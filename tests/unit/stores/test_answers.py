"""Answers that PostgreSQL does not take: where they wait, and when they are lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from matinee.stores import answers
from matinee.stores.answers import Answer, AnswerStore
from matinee.stores.database import Database, OnError

N_VALUES = 10


@dataclass
class FakeDatabase:
    """Takes what is sent; told otherwise, it is away or refuses everything."""

    is_away: bool = False
    refuses: bool = False
    taken: list[list[str]] = field(default_factory=list)
    """Request ids by statement."""

    def send(self, statement: str, parameters: Sequence[Any], *, on_error: OnError) -> None:
        assert statement.count("%s") == len(parameters)
        if self.is_away or self.refuses:
            on_error("no", self.is_away)
        else:
            self.taken.append([str(value) for value in parameters[::N_VALUES]])


@dataclass
class Scene:
    database: FakeDatabase
    store: AnswerStore
    lost: list[None]
    logged: list[logging.LogRecord]

    def answer(self) -> str:
        answer = Answer(uuid4(), 1, "model", "v1", [10], [0.5], [4.0], {}, 1.5)
        self.store.log(answer)
        return str(answer.request_id)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    logged: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("matinee.answers"), "handle", logged.append)
    database, lost = FakeDatabase(), list[None]()
    store = AnswerStore(cast(Database, database), on_loss=lambda: lost.append(None))
    yield Scene(database, store, lost, logged)


def test_answers_of_an_outage_are_logged_at_once_and_stored_with_the_next_answer(
    scene: Scene,
) -> None:
    scene.database.is_away = True
    early = [scene.answer() for _ in range(3)]
    assert [record.getMessage() for record in scene.logged] == ["answer not stored yet: no"] * 3
    scene.database.is_away = False
    now = scene.answer()
    assert scene.database.taken == [[now, *early]]
    assert (len(scene.logged), scene.lost) == (3, [])
    scene.answer()
    assert len(scene.database.taken[1]) == 1, "nothing is stored twice"


def test_long_outage_is_stored_a_few_answers_at_a_time(scene: Scene) -> None:
    scene.database.is_away = True
    early = [scene.answer() for _ in range(25)]
    scene.database.is_away = False
    late = [scene.answer() for _ in range(4)]
    assert max(len(sent) for sent in scene.database.taken) == 11
    assert {one for sent in scene.database.taken for one in sent} == {*early, *late}


def test_answers_that_overflow_are_lost_oldest_first(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_WAITING", 15)
    scene.database.is_away = True
    early = [scene.answer() for _ in range(20)]
    assert len(scene.lost) == 5
    scene.database.is_away = False
    for _ in range(2):
        scene.answer()
    assert [one for sent in scene.database.taken for one in sent[1:]] == early[5:]


def test_answer_that_is_refused_is_lost_and_not_sent_again(scene: Scene) -> None:
    scene.database.refuses = True
    scene.answer()
    assert [record.getMessage() for record in scene.logged] == ["answer not stored: no"]
    assert len(scene.lost) == 1
    scene.database.refuses = False
    scene.answer()
    assert len(scene.database.taken[0]) == 1


def test_answers_that_wait_when_the_environment_ends_are_lost(scene: Scene) -> None:
    scene.database.is_away = True
    for _ in range(4):
        scene.answer()
    scene.store.give_up()
    scene.store.give_up()
    assert len(scene.lost) == 4


def test_log_line_of_an_answer_holds_all_of_it(scene: Scene) -> None:
    scene.database.is_away = True
    request_id = scene.answer()
    fields = scene.logged[0].__dict__["fields"]
    assert (fields["request_id"], fields["movie_ids"]) == (UUID(request_id), [10])
