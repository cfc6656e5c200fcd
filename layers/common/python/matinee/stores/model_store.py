"""Model versions in S3, as the functions that serve them read them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from matinee.artifacts.manifest import MANIFEST_NAME, ArtifactManifest, ChampionPointer
from matinee.artifacts.model import Model, load_model
from matinee.errors import (
    ArtifactIntegrityError,
    ArtifactNotFoundError,
    ArtifactStoreUnavailableError,
)
from matinee.stores.s3_reader import S3Reader

CHAMPION_KEY = "models/champion.json"
_PARALLEL_DOWNLOADS = 6
_PARTIAL = ".partial-"
_LONGEST_DOWNLOAD_SECONDS = 3600


def version_key(version: str, name: str) -> str:
    """Return the key of a version's file."""
    return f"models/{version}/{name}"


class ModelStore:
    """Reads the champion pointer and loads versions through a folder on disk.

    Parameters
    ----------
    reader : S3Reader
        The bucket.
    cache_folder : Path
        Versions are kept here, a folder each.
    inline_user_bytes : int
        Per-user files are fetched whole up to this size together, by byte range above it.
    """

    def __init__(self, reader: S3Reader, *, cache_folder: Path, inline_user_bytes: int) -> None:
        self._reader = reader
        self._cache_folder = cache_folder
        self._inline_user_bytes = inline_user_bytes

    def champion(self) -> ChampionPointer:
        """Return which version serves.

        Returns
        -------
        ChampionPointer
            The content of ``models/champion.json``.

        Raises
        ------
        ArtifactNotFoundError
            If no model was promoted yet.
        ArtifactStoreUnavailableError
            If S3 does not answer.
        ArtifactIntegrityError
            If the pointer is damaged.
        """
        try:
            content = self._reader.get(CHAMPION_KEY)
        except ArtifactNotFoundError as error:
            raise ArtifactNotFoundError(
                "no model has been promoted yet: train one, then ask again"
            ) from error
        try:
            return ChampionPointer.model_validate_json(content)
        except ValidationError as error:
            raise ArtifactIntegrityError(f"{CHAMPION_KEY} is not a champion pointer") from error

    def load(self, pointer: ChampionPointer) -> Model:
        """Load the version that a pointer names, from disk or from S3.

        Parameters
        ----------
        pointer : ChampionPointer
            Its checksum of the manifest makes the chain of checksums complete.

        Returns
        -------
        Model
            Every byte fetched whole was checked against the manifest.

        Raises
        ------
        ArtifactNotFoundError
            If the version or a file of it is missing.
        ArtifactStoreUnavailableError
            If S3 does not answer, or the disk does not take the files.
        ArtifactError
            If the version is damaged or was written by a newer Matinee.
        """
        folder = self._cache_folder / pointer.version
        if folder.exists():
            try:
                return self._load(folder, pointer)
            except (ArtifactIntegrityError, FileNotFoundError):
                # A copy on disk can be damaged or half removed; the bucket has the original.
                shutil.rmtree(folder, ignore_errors=True)
        try:
            self._fetch(pointer, folder)
        except OSError as error:
            raise ArtifactStoreUnavailableError(
                f"{pointer.version} cannot be kept in {self._cache_folder}: {error.strerror}"
            ) from error
        try:
            return self._load(folder, pointer)
        except ArtifactIntegrityError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def forget_all_but(self, versions: set[str]) -> None:
        """Remove every other version from disk, and what killed downloads left behind."""
        for folder in self._cache_folder.iterdir():
            # Other environments may share the folder and tidy it at the same time.
            with suppress(FileNotFoundError):
                if folder.name not in versions and not _is_download_under_way(folder):
                    shutil.rmtree(folder, ignore_errors=True)

    def _load(self, folder: Path, pointer: ChampionPointer) -> Model:
        content = (folder / MANIFEST_NAME).read_bytes()
        _check_manifest(content, pointer)

        def read_range(name: str, start: int, stop: int) -> bytes:
            return self._reader.get(version_key(pointer.version, name), (start, stop))

        return load_model(folder, read_range=read_range)

    def _fetch(self, pointer: ChampionPointer, folder: Path) -> None:
        self._cache_folder.mkdir(parents=True, exist_ok=True)
        content = self._reader.get(version_key(pointer.version, MANIFEST_NAME))
        _check_manifest(content, pointer)
        manifest = ArtifactManifest.from_bytes(content)
        user_bytes = sum(entry.size for entry in manifest.files.values() if entry.per_user)
        with_users = user_bytes <= self._inline_user_bytes
        names = [n for n, entry in manifest.files.items() if with_users or not entry.per_user]
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=self._cache_folder))
        try:

            def fetch(name: str) -> None:
                (partial / name).write_bytes(self._reader.get(version_key(manifest.version, name)))

            with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
                list(pool.map(fetch, names))
            (partial / MANIFEST_NAME).write_bytes(content)
            _rename_unless_there(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _check_manifest(content: bytes, pointer: ChampionPointer) -> None:
    if hashlib.sha256(content).hexdigest() != pointer.manifest_sha256:
        raise ArtifactIntegrityError(
            f"the manifest of {pointer.version} does not have the checksum of {CHAMPION_KEY}"
        )


def _is_download_under_way(folder: Path) -> bool:
    age_seconds = time.time() - folder.stat().st_mtime
    return folder.name.startswith(_PARTIAL) and age_seconds < _LONGEST_DOWNLOAD_SECONDS


def _rename_unless_there(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:
        if not folder.exists():
            raise
