"""Surprise, imported on first use and so that it does not write into the home folder."""

from __future__ import annotations

import importlib
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any


def load_surprise() -> Any:
    """Return the library; Python keeps it, so that later calls cost nothing."""
    # Importing Surprise makes this folder, by default in $HOME, which a function may not write to.
    os.environ.setdefault("SURPRISE_DATA_FOLDER", str(Path(tempfile.gettempdir()) / "surprise"))
    return importlib.import_module("surprise")


def dump_algorithm(algorithm: Any, path: Path) -> None:
    """Write a fitted algorithm as Surprise's own `dump.load` reads it; for data scientists only."""
    with warnings.catch_warnings():
        # Surprise leaves closing the file to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        load_surprise().dump.dump(str(path), algo=algorithm)
