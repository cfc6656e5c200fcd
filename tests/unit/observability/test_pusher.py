"""News is pushed soon, not too often, never twice at once, and once more at the end."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from matinee.observability.pusher import Pusher
from tests.support.waiting import wait_until

LONG = 3600.0


@dataclass
class Gate:
    """What a pusher pushes to; a push waits while the gate is closed."""

    answers: list[bool] = field(default_factory=list)
    n_pushes: int = 0
    is_open: threading.Event = field(default_factory=threading.Event)

    def push(self) -> bool:
        self.n_pushes += 1
        self.is_open.wait()
        return self.answers.pop(0) if self.answers else True


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    gate.is_open.set()
    yield gate
    gate.is_open.set()


def test_pusher_without_news_pushes_only_at_the_end(gate: Gate) -> None:
    pusher = Pusher(gate.push, interval_seconds=0)
    pusher.start()
    assert gate.n_pushes == 0
    assert pusher.end(timeout_seconds=20)
    assert gate.n_pushes >= 1


def test_pusher_pushes_the_first_news_at_once_and_keeps_the_next_for_later(gate: Gate) -> None:
    pusher = Pusher(gate.push, interval_seconds=LONG)
    pusher.start()
    pusher.note()
    wait_until(lambda: gate.n_pushes == 1)
    for _ in range(100):
        pusher.note()
    assert gate.n_pushes == 1
    assert pusher.end(timeout_seconds=20)
    assert gate.n_pushes == 2


def test_pusher_pushes_later_news_without_being_told_again(gate: Gate) -> None:
    pusher = Pusher(gate.push, interval_seconds=0.02)
    pusher.start()
    pusher.note()
    wait_until(lambda: gate.n_pushes == 1)
    pusher.note()
    wait_until(lambda: gate.n_pushes == 2)
    assert pusher.end(timeout_seconds=20)


def test_pusher_tries_a_failed_push_again(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matinee.observability.pusher._LEAST_PAUSE_AFTER_FAILURE_SECONDS", 0.01)
    gate.answers = [False, False, True]
    pusher = Pusher(gate.push, interval_seconds=0)
    pusher.start()
    pusher.note()
    wait_until(lambda: gate.n_pushes == 3)
    assert pusher.end(timeout_seconds=20)


def test_pusher_that_is_stuck_delays_neither_news_nor_the_end(gate: Gate) -> None:
    gate.is_open.clear()
    pusher = Pusher(gate.push, interval_seconds=0)
    pusher.start()
    pusher.note()
    wait_until(lambda: gate.n_pushes == 1)
    pusher.note()
    assert gate.n_pushes == 1  # never two at once
    assert not pusher.end(timeout_seconds=0.01)


def test_pusher_that_ends_during_a_push_pushes_again(gate: Gate) -> None:
    gate.is_open.clear()
    pusher = Pusher(gate.push, interval_seconds=LONG)
    pusher.start()
    pusher.note()
    wait_until(lambda: gate.n_pushes == 1)
    assert not pusher.end(timeout_seconds=0)
    gate.is_open.set()
    assert pusher.end(timeout_seconds=20)
    assert gate.n_pushes == 2


def test_pusher_has_what_is_lost_counted_before_the_last_push(gate: Gate) -> None:
    pushes_before: list[int] = []
    pusher = Pusher(
        gate.push, interval_seconds=LONG, before_last=lambda: pushes_before.append(gate.n_pushes)
    )
    pusher.start()
    pusher.note()
    wait_until(lambda: gate.n_pushes == 1)
    assert pusher.end(timeout_seconds=20)
    assert (pushes_before, gate.n_pushes) == ([1], 2)
