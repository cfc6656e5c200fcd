"""Folders for servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """Return a folder that is removed after the block, whatever happens in it."""
    # Not tmp_path: pytest closes that to other users, and as root PostgreSQL runs as one.
    path = Path(tempfile.mkdtemp(prefix="matinee-tests-"))
    try:
        path.chmod(0o711)
        yield path
    finally:
        shutil.rmtree(path)
