"""Arrays to files and back; every file is checked against the manifest before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.artifacts.manifest import MANIFEST_NAME, ArtifactManifest, FileEntry
from matinee.errors import ArtifactIntegrityError

PER_USER_ARRAYS = frozenset(
    {
        "user_ids",
        "user_biases",
        "user_factors",
        "history_offsets",
        "history_items",
        "history_ratings",
        "history_times",
    }
)


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_name(array_name: str) -> str:
    """Return the name of the file that holds an array."""
    return f"{array_name}.npy"


def write_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> dict[str, FileEntry]:
    """Write each array to a file of its own.

    Parameters
    ----------
    folder : Path
        An existing folder.
    arrays : mapping of str to ndarray
        By name; see docs/architecture.md for names, shapes and types.

    Returns
    -------
    dict of str to FileEntry
        By file name, for the manifest.

    Raises
    ------
    ArtifactIntegrityError
        If an array holds a value that is not finite, or Python objects.
    """
    entries = {}
    for name, array in sorted(arrays.items()):
        if array.dtype.hasobject:
            raise ArtifactIntegrityError(f"array {name} holds Python objects")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ArtifactIntegrityError(f"array {name} holds values that are not finite")
        path = folder / file_name(name)
        np.save(path, np.ascontiguousarray(array), allow_pickle=False)
        entries[path.name] = FileEntry(
            sha256=sha256_of(path),
            size=path.stat().st_size,
            dtype=array.dtype.str,
            shape=array.shape,
            per_user=name in PER_USER_ARRAYS,
        )
    return entries


def write_manifest(folder: Path, manifest: ArtifactManifest) -> Path:
    """Write ``manifest.json`` beside the arrays, last, so that a folder with one is whole."""
    path = folder / MANIFEST_NAME
    path.write_bytes(manifest.to_bytes())
    return path


def check_file(path: Path, entry: FileEntry) -> None:
    """Compare a file with its manifest entry.

    Parameters
    ----------
    path : Path
        The file.
    entry : FileEntry
        What the manifest says of it.

    Raises
    ------
    ArtifactIntegrityError
        If the size or the checksum differs.
    """
    size = path.stat().st_size
    if size != entry.size:
        raise ArtifactIntegrityError(
            f"{path.name} has {size} bytes, the manifest says {entry.size}"
        )
    if sha256_of(path) != entry.sha256:
        raise ArtifactIntegrityError(f"{path.name} does not have the checksum of the manifest")


def map_array(folder: Path, name: str, entry: FileEntry) -> NDArray[Any]:
    """Memory-map an array.

    Parameters
    ----------
    folder : Path
        Where the files of the version are.
    name : str
        The array's name.
    entry : FileEntry
        What the manifest says of its file.

    Returns
    -------
    ndarray
        Read-only, of the entry's shape and type.

    Raises
    ------
    ArtifactIntegrityError
        If the file is not the array that the manifest describes.
    """
    path = folder / file_name(name)
    try:
        array = np.load(path, mmap_mode="r" if entry.size else None, allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise ArtifactIntegrityError(f"{path.name} is not a readable array") from error
    if array.shape != entry.shape or array.dtype.str != entry.dtype:
        raise ArtifactIntegrityError(
            f"{path.name} is {array.dtype.str}{array.shape}, "
            f"the manifest says {entry.dtype}{entry.shape}"
        )
    # A plain view: every operation on numpy's memmap class pays for its bookkeeping.
    return np.asarray(array)
