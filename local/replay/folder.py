"""The folder of a replay: always begun afresh, and never one that is not a replay's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from embedded.folder import DataFolder
from replay.errors import ReplayError
from replay.files import OUTPUTS

MARKER = "replay.json"
_KEPT = {"lock", MARKER}


def prepare_folder(path: Path, settings: Mapping[str, object], *, overwrite: bool) -> None:
    """Make an empty folder that is known as a replay's; an old one goes only when told to."""
    content = _content(path)
    if content and MARKER not in content:
        raise ReplayError(
            f"{path} holds something that is no replay; name another folder with --data-dir"
        )
    if content and not overwrite:
        raise ReplayError(
            f"{path} holds a replay already: add --overwrite to replace it, or name another "
            "folder with --data-dir"
        )
    folder = DataFolder(path)
    folder.acquire()  # no servers of an earlier replay are left in it
    try:
        folder.write_private(MARKER, json.dumps(settings, indent=2, default=str) + "\n")
        for found in path.iterdir():
            if found.is_dir():
                shutil.rmtree(found)
            elif found.name not in _KEPT:
                found.unlink()
    finally:
        folder.release()


def prepare_output(path: Path, *, overwrite: bool) -> None:
    """Make the folder for results; earlier results go only when told to."""
    earlier = [path / name for name in OUTPUTS if (path / name).exists()]
    if earlier and not overwrite:
        raise ReplayError(
            f"{path} holds the results of a replay: add --overwrite to replace them, or name "
            "another folder with --output"
        )
    path.mkdir(parents=True, exist_ok=True)
    for file in earlier:
        file.unlink()


def _content(path: Path) -> set[str]:
    try:
        return {found.name for found in path.iterdir()}
    except FileNotFoundError:
        return set()
    except NotADirectoryError:
        raise ReplayError(f"{path} is a file; name a folder with --data-dir") from None
