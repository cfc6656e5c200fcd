from __future__ import annotations

import json
from pathlib import Path

import pytest

from replay.errors import ReplayError
from replay.files import STEPS
from replay.folder import prepare_folder, prepare_output

SETTINGS = {"step": "13w"}


def test_new_folder_remembers_its_settings(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "a" / "b", SETTINGS, overwrite=False)
    assert json.loads((tmp_path / "a/b/replay.json").read_text()) == SETTINGS


def test_second_replay_needs_to_be_told(tmp_path: Path) -> None:
    prepare_folder(tmp_path, SETTINGS, overwrite=False)
    (tmp_path / "postgres").mkdir()
    with pytest.raises(ReplayError, match="--overwrite"):
        prepare_folder(tmp_path, SETTINGS, overwrite=False)
    assert (tmp_path / "postgres").exists()


def test_overwriting_begins_afresh(tmp_path: Path) -> None:
    prepare_folder(tmp_path, SETTINGS, overwrite=False)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "admin-token").write_text("old")
    prepare_folder(tmp_path, {"step": "1w"}, overwrite=True)
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "replay.json"}
    assert "1w" in (tmp_path / "replay.json").read_text()


def test_folder_that_is_no_replay_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ReplayError, match="no replay"):
        prepare_folder(tmp_path, SETTINGS, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReplayError, match="name a folder"):
        prepare_folder(tmp_path / "file", SETTINGS, overwrite=True)


def test_earlier_results_go_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / STEPS).write_text("earlier")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ReplayError, match="--output"):
        prepare_output(tmp_path, overwrite=False)
    prepare_output(tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
