"""An environment's name is its own, and its age is that of its process."""

import subprocess
import sys
import time

import pytest

from matinee.observability import environment
from tests.support.source import LAYER

PROGRAM = "from matinee.observability.environment import environment_id as i; print(i(), i())"


def ids_of_a_process() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": str(LAYER.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_environment_id_stays_within_a_process_and_differs_between_two() -> None:
    first, again = ids_of_a_process()
    other, _ = ids_of_a_process()
    assert first == again != other


def test_seconds_since_start_grow_with_the_process() -> None:
    first = environment.seconds_since_start()
    second = environment.seconds_since_start()
    assert 0 <= first <= second


def test_seconds_since_start_without_proc_count_from_the_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(environment.Path, "read_text", _missing)
    monkeypatch.setattr(environment, "_IMPORTED_AT", time.monotonic() - 100)
    assert environment.seconds_since_start() >= 100


def _missing(path: object) -> str:
    raise FileNotFoundError(path)
