"""Fetches MovieLens data sets from GroupLens, checked against the checksums it publishes."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from dataset_import.errors import DownloadError

BASE_URL = "https://files.grouplens.org/datasets/movielens"
TIMEOUT_SECONDS = 30
_CHUNK_BYTES = 1 << 20

Advance = Callable[[int, int | None], None]
"""Told the bytes so far, and how many there will be if the server says."""


def default_download_folder() -> Path:
    """Where downloads are kept, as the XDG convention has it."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "matinee" / "datasets"


def fetch_dataset(
    name: str, folder: Path, *, base_url: str = BASE_URL, advance: Advance | None = None
) -> Path:
    """Return the zip of a data set, downloaded unless it was before.

    A file has its final name only once it is whole and its checksum is right.
    """
    target = folder / f"{name}.zip"
    if target.is_file():
        return target
    url = f"{base_url}/{name}.zip"
    part = folder / f"{name}.{os.getpid()}.part"
    try:
        expected = _published_md5(f"{url}.md5")
        folder.mkdir(parents=True, exist_ok=True)
        actual = _copy(url, part, advance)
        if actual != expected:
            raise DownloadError(
                f"{url} is not what its publisher says: md5 {actual} instead of {expected}; "
                "nothing was kept, try again"
            )
        part.replace(target)
    except (OSError, HTTPException) as exc:
        raise DownloadError(
            f"could not download {url}: {_reason(exc)}. Download it by hand where you can, then: "
            f"matinee import {name}.zip"
        ) from exc
    finally:
        part.unlink(missing_ok=True)
    return target


def _published_md5(url: str) -> str:
    with urlopen(url, timeout=TIMEOUT_SECONDS) as response:
        text = response.read(1024).decode("ascii", "replace")
    found = re.search(r"\b[0-9a-f]{32}\b", text)
    if not found:
        raise DownloadError(f"{url} holds no md5 checksum; not downloading what cannot be checked")
    return found[0]


def _copy(url: str, part: Path, advance: Advance | None) -> str:
    """Copy a file, return its md5; the digest guards against damage, not against an attacker."""
    digest = hashlib.md5(usedforsecurity=False)
    with urlopen(url, timeout=TIMEOUT_SECONDS) as response, part.open("wb") as file:
        total = response.headers.get("Content-Length")
        n_bytes = 0
        while chunk := response.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            n_bytes += len(chunk)
            if advance:
                advance(n_bytes, int(total) if total else None)
    return digest.hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"the server answered {error.code} {error.reason}"
    if isinstance(error, URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
