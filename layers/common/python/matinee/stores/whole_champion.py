"""The champion read whole, snapshot included, by functions that compare something with it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from matinee.artifacts.model import Model
from matinee.stores.model_store import ModelStore
from matinee.stores.s3_reader import S3Reader

_MOST_INLINE_BYTES = 256 * 2**20
_READ_SECONDS = 30


def load_whole_champion(
    bucket: str, *, region: str, endpoint_url: str | None, cache_folder: Path
) -> Model:
    """Load the champion with the arrays of its users.

    Parameters
    ----------
    bucket : str
        Name of the bucket.
    region : str
        AWS region.
    endpoint_url : str or None
        Address of the S3 server; None for that of AWS.
    cache_folder : Path
        Where the version is kept; others are removed from it.

    Returns
    -------
    Model
        Per-user arrays are read by byte range only where they are very large.

    Raises
    ------
    ArtifactNotFoundError
        If no model was promoted yet.
    ArtifactError
        If the champion is damaged or was written by a newer Matinee.
    ArtifactStoreUnavailableError
        If S3 does not answer.
    """
    reader = S3Reader(
        bucket, region=region, endpoint_url=endpoint_url, timeout_seconds=_READ_SECONDS
    )
    # What is read later opens a connection again.
    with closing(reader):
        versions = ModelStore(
            reader, cache_folder=cache_folder, inline_user_bytes=_MOST_INLINE_BYTES
        )
        pointer = versions.champion()
        model = versions.load(pointer)
        versions.forget_all_but({pointer.version})
        return model
