"""Which revision of the project's code trains, as far as git knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

# What decides how a model comes out; the data and the parameters are in its manifest anyway.
TRAINING_CODE = ("functions/train", "layers/common/python", "requirements/train.txt")


def git_revision(project: Path) -> str | None:
    """Return the last commit that touched the training code, None where git cannot tell.

    Other commits do not count, so that the same code always has the same revision. Changes that
    are not committed add "-dirty".
    """
    commit = _git(project, "log", "-1", "--format=%H", "--", *TRAINING_CODE)
    if not commit:
        return None
    return f"{commit}-dirty" if _git(project, "status", "-s", "--", *TRAINING_CODE) else commit


def _git(project: Path, *arguments: str) -> str | None:
    try:
        run = subprocess.run(
            ["git", "-C", project, *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip()
