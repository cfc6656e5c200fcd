from __future__ import annotations

from pathlib import Path

import pytest

from matinee_cli.main import main


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
