"""The files of drift reports in S3."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from matinee.errors import ArtifactStoreUnavailableError, NotFoundError
from matinee.stores.refusals import S3_REFUSES, is_refused_by_s3

HTML = "report.html"
JSON = "report.json"
CONTENT_TYPES = {HTML: "text/html; charset=utf-8", JSON: "application/json"}
_NOT_THERE = {"404", "NoSuchKey", "NotFound"}
_LINK_SECONDS = 300


def report_key(report_id: uuid.UUID, name: str) -> str:
    """Return the key of a report's file."""
    return f"reports/{report_id}/{name}"


class ReportFiles:
    """Writes, reads and removes the files of reports.

    Every method raises `ArtifactStoreUnavailableError` when S3 refuses or does not answer.

    Parameters
    ----------
    client : boto3 S3 client
        As from `matinee.stores.model_publisher.s3_client`.
    bucket : str
        Name of the bucket.
    link_client : boto3 S3 client, optional
        Signs links, for the address at which others find the same server; `client` if not given.
    """

    def __init__(self, client: Any, bucket: str, *, link_client: Any = None) -> None:
        self._client = client
        self._link_client = link_client or client
        self._bucket = bucket

    def save(self, report_id: uuid.UUID, files: Mapping[str, str]) -> None:
        """Write the files of a report.

        Parameters
        ----------
        report_id : UUID
            The report's.
        files : mapping of str to str
            Contents by `HTML` and `JSON`.
        """
        for name, content in files.items():
            self._call(
                lambda name=name, content=content: self._client.put_object(  # type: ignore[misc]
                    Bucket=self._bucket,
                    Key=report_key(report_id, name),
                    Body=content.encode(),
                    ContentType=CONTENT_TYPES[name],
                )
            )

    def read(self, report_id: uuid.UUID, name: str) -> str:
        """Return the content of a file.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        key = report_key(report_id, name)
        try:
            body = self._call(lambda: self._client.get_object(Bucket=self._bucket, Key=key)["Body"])
            content: bytes = self._call(body.read)
        except ClientError as error:
            raise NotFoundError(f"there is no file {key}") from error
        return content.decode()

    def link(self, report_id: uuid.UUID, name: str) -> str:
        """Return an address that lets anybody read one file for five minutes."""
        link: str = self._link_client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": report_key(report_id, name)},
            ExpiresIn=_LINK_SECONDS,
        )
        return link

    def delete(self, report_id: uuid.UUID) -> None:
        """Remove the files of a report; those that are gone already do no harm."""
        for name in CONTENT_TYPES:
            self._call(
                lambda name=name: self._client.delete_object(  # type: ignore[misc]
                    Bucket=self._bucket, Key=report_key(report_id, name)
                )
            )

    def _call(self, ask: Callable[[], Any]) -> Any:
        """Ask S3; only that something is not there is left for the caller to see."""
        try:
            return ask()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _NOT_THERE:
                raise
            problem = S3_REFUSES if is_refused_by_s3(code) else str(error)
            raise ArtifactStoreUnavailableError(
                f"bucket {self._bucket} cannot be used: {code}: {problem}"
            ) from error
        except BotoCoreError as error:
            raise ArtifactStoreUnavailableError(
                f"bucket {self._bucket} cannot be used: {type(error).__name__}: {error}"
            ) from error
