from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from matinee.errors import UnavailableError
from matinee_cli.main import main
from matinee_cli.replay import play
from replay.files import OUTPUTS, STEPS
from replay.results import Results
from replay.steps import Step
from replay.windows import Window
from tests.support.replays import step


class Ending:
    """A replay that plays one step and then ends in some way; nothing else must run."""

    def __init__(self, end: BaseException) -> None:
        self._end = end

    def step(self, window: Window) -> Step:
        if window.number > 1:
            raise self._end
        return step(1)

    def check(self) -> None:
        """Stand in for the supervisor, too."""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--step", "6m"], "13w"),
        (["--from", "soon"], "2000-01-01"),
        (["--variable", "DRIFT"], "NAME=VALUE"),
        (["--variable", "MODEL_REFRESH_SECONDZ=1"], "MODEL_REFRESH_SECONDS"),
        (["--from", "2030-01-01"], "not after --from"),
        (["--from", "1970-01-01"], "begin later with --from"),
    ],
    ids=["step", "date", "pair", "unknown variable", "too late", "too early"],
)
def test_replay_that_cannot_begin_says_what_to_do_and_leaves_nothing(
    options: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ratings = tmp_path / "ratings.csv"
    ratings.write_text("user,movie,rating,time\n1,10,4,100000\n1,20,4,200000\n")
    folder = tmp_path / "data"
    command = ["replay", str(ratings), "--from", "1970-01-02", "--data-dir", str(folder), *options]
    assert main(command) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("matinee: ") and expected in error
    assert not folder.exists()


def test_replay_without_a_begin_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay"])
    assert ended.value.code == 2
    assert "--from" in capsys.readouterr().err


def play_until(end: BaseException, folder: Path) -> None:
    ending: Any = Ending(end)
    windows = [step(number).window for number in (1, 2, 3)]
    play(ending, windows, Results(folder, n=10, title="cut short"), ending)


def test_ctrl_c_keeps_the_steps_that_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        play_until(KeyboardInterrupt(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(OUTPUTS)
    assert pq.read_table(tmp_path / STEPS).num_rows == 1
    assert "what is done is kept" in capsys.readouterr().out


def test_failure_keeps_the_steps_that_are_done_and_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        play_until(UnavailableError("PostgreSQL is on holiday"), tmp_path)
    assert pq.read_table(tmp_path / STEPS).num_rows == 1
