"""The revision of the training code: moved by commits to it, and by no others."""

import shutil
import subprocess
from pathlib import Path

import pytest

from git_revision import git_revision

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "functions/train/trainer.py", "first")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    command = ["git", "-C", folder, *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout


def commit(folder: Path, name: str, content: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", content)


def test_revision_is_the_last_commit_to_the_training_code(project: Path) -> None:
    first = git(project, "rev-parse", "HEAD").strip()
    assert git_revision(project) == first
    commit(project, "README.md", "nothing that trains")
    assert git_revision(project) == first
    commit(project, "layers/common/python/layer.py", "second")
    assert git_revision(project) == git(project, "rev-parse", "HEAD").strip()


def test_revision_with_changes_that_are_not_committed_says_so(project: Path) -> None:
    (project / "functions/train/trainer.py").write_text("changed")
    assert git_revision(project) == git(project, "rev-parse", "HEAD").strip() + "-dirty"


def test_revision_outside_git_is_unknown(tmp_path: Path) -> None:
    assert git_revision(tmp_path) is None
