"""Model versions in S3, as training writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from matinee.artifacts.manifest import (
    MANIFEST_NAME,
    ArtifactManifest,
    ChampionPointer,
)
from matinee.errors import (
    ArtifactIntegrityError,
    ArtifactNotFoundError,
    ArtifactStoreUnavailableError,
    ConflictError,
)
from matinee.stores.model_store import CHAMPION_KEY, version_key
from matinee.stores.refusals import S3_REFUSES, is_refused_by_s3

_NOT_THERE = {"404", "NoSuchKey", "NotFound"}
_CHANGED = {"412", "409", "PreconditionFailed", "ConditionalRequestConflict"}


# Three attempts and their pauses fit into the 30 s that the gateway gives a request.
_TIMEOUT_SECONDS = 8


def s3_client(
    *, region: str, endpoint_url: str | None, timeout_seconds: float = _TIMEOUT_SECONDS
) -> Any:
    """Return a boto3 client whose every call has a timeout and few retries."""
    return boto3.client(
        "s3",
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(
            # boto3 signs links in some regions in a way that newer buckets refuse.
            signature_version="s3v4",
            connect_timeout=timeout_seconds,
            read_timeout=timeout_seconds,
            retries={"total_max_attempts": 3, "mode": "standard"},
        ),
    )


class ModelPublisher:
    """Writes versions, which never change, and the champion pointer, which one writer swaps.

    Parameters
    ----------
    client : boto3 S3 client
        As from `s3_client`.
    bucket : str
        Name of the bucket.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def publish(self, folder: Path) -> ArtifactManifest:
        """Upload a version, its manifest last.

        Parameters
        ----------
        folder : Path
            Holds the manifest and every file that it lists.

        Returns
        -------
        ArtifactManifest
            The manifest.

        Raises
        ------
        ConflictError
            If the version is there already.
        ArtifactStoreUnavailableError
            If S3 refuses or does not answer.
        """
        content = (folder / MANIFEST_NAME).read_bytes()
        manifest = ArtifactManifest.from_bytes(content)
        for name in manifest.files:
            key = version_key(manifest.version, name)
            self._call("upload_file", Filename=str(folder / name), Key=key)
        self._put(version_key(manifest.version, MANIFEST_NAME), content, IfNoneMatch="*")
        return manifest

    def champion(self) -> tuple[ChampionPointer, str] | None:
        """Return the pointer with its ETag, None before the first promotion."""
        found = self._get(CHAMPION_KEY)
        if found is None:
            return None
        try:
            return ChampionPointer.model_validate_json(found[0]), found[1]
        except ValidationError as error:
            raise ArtifactIntegrityError(f"{CHAMPION_KEY} is not a champion pointer") from error

    def swap_champion(self, pointer: ChampionPointer, *, expected_etag: str | None) -> None:
        """Let another version serve, unless somebody else swapped first.

        Parameters
        ----------
        pointer : ChampionPointer
            The new pointer.
        expected_etag : str or None
            ETag that `champion` gave; None where there was no champion.

        Raises
        ------
        ConflictError
            If the pointer changed since it was read.
        ArtifactStoreUnavailableError
            If S3 refuses or does not answer.
        """
        condition = {"IfMatch": expected_etag} if expected_etag else {"IfNoneMatch": "*"}
        self._put(CHAMPION_KEY, pointer.model_dump_json(indent=2).encode(), **condition)

    def manifest(self, version: str) -> tuple[ArtifactManifest, str]:
        """Return a version's manifest with its SHA-256.

        Parameters
        ----------
        version : str
            Name of the version.

        Returns
        -------
        manifest : ArtifactManifest
            The manifest.
        sha256 : str
            Of its bytes, for a champion pointer.

        Raises
        ------
        ArtifactNotFoundError
            If there is no such version.
        """
        found = self._get(version_key(version, MANIFEST_NAME))
        if found is None:
            raise ArtifactNotFoundError(f"there is no model version {version}")
        return ArtifactManifest.from_bytes(found[0]), hashlib.sha256(found[0]).hexdigest()

    def versions(self) -> Iterator[str]:
        """Yield the names of all whole versions, oldest first."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix="models/"
        )
        try:
            for page in pages:
                for item in page.get("Contents", []):
                    _, _, rest = item["Key"].partition("/")
                    version, _, name = rest.partition("/")
                    if name == MANIFEST_NAME:
                        yield version
        except (BotoCoreError, ClientError) as error:
            raise self._unavailable(error) from error

    def _get(self, key: str) -> tuple[bytes, str] | None:
        try:
            response = self._client.get_object(Bucket=self._bucket, Key=key)
            return response["Body"].read(), response["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE:
                return None
            raise self._unavailable(error) from error
        except BotoCoreError as error:
            raise self._unavailable(error) from error

    def _put(self, key: str, content: bytes, **condition: str) -> None:
        self._call("put_object", Key=key, Body=content, ContentType="application/json", **condition)

    def _call(self, operation: str, **arguments: object) -> None:
        try:
            getattr(self._client, operation)(Bucket=self._bucket, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in _CHANGED:
                raise ConflictError(f"{arguments['Key']} was written by somebody else") from error
            raise self._unavailable(error) from error
        except (BotoCoreError, boto3.exceptions.Boto3Error) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> ArtifactStoreUnavailableError:
        # A failed upload hides S3's own error behind one of boto3's.
        source = error if isinstance(error, ClientError) else error.__context__
        code = source.response["Error"]["Code"] if isinstance(source, ClientError) else None
        problem = (
            f"{code}: {S3_REFUSES}"
            if is_refused_by_s3(code)
            else f"{type(error).__name__}: {error}"
        )
        return ArtifactStoreUnavailableError(f"bucket {self._bucket} cannot be used: {problem}")
