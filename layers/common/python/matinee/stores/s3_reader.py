"""Signed reads from S3 with the standard library.

Importing boto3 and making its first client takes about as long as loading the model; a reader of a
few objects needs neither (docs/decisions/0003-s3-reads-without-boto3.md). Writers use boto3.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from matinee.errors import ArtifactNotFoundError, ArtifactStoreUnavailableError
from matinee.stores.refusals import S3_REFUSES, is_refused_by_s3

_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_ATTEMPTS = 2
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """AWS credentials; the environment of a function always has them as variables."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    @classmethod
    def from_environment(cls) -> Credentials:
        """Read them, now: a platform may renew them while the environment lives."""
        return cls(
            os.environ.get("AWS_ACCESS_KEY_ID", ""),
            os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            os.environ.get("AWS_SESSION_TOKEN") or None,
        )


def sign_get(
    host: str, path: str, *, region: str, credentials: Credentials, now: datetime
) -> dict[str, str]:
    """Sign a GET request without query for S3.

    Parameters
    ----------
    host : str
        Value of the Host header.
    path : str
        Percent-encoded path.
    region : str
        AWS region.
    credentials : Credentials
        Who asks.
    now : datetime
        Aware UTC.

    Returns
    -------
    dict of str to str
        Headers to send.

    References
    ----------
    AWS, "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
    """
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": host, "x-amz-content-sha256": _EMPTY_SHA256, "x-amz-date": stamp}
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(headers))
    canonical_headers = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"GET\n{path}\n\n{canonical_headers}\n{names}\n{_EMPTY_SHA256}"
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


class S3Reader:
    """Gets objects of one bucket over connections that are kept alive; threads may share it.

    A timeout, or wrong credentials, are followed by a pause in which callers are told at once, so
    that a bucket that does not answer costs one timeout and not one for each request.

    Parameters
    ----------
    bucket : str
        Name of the bucket.
    region : str
        AWS region.
    endpoint_url : str, optional
        An S3 server other than AWS, addressed path-style.
    timeout_seconds : float
        Limit for connecting and for each wait for bytes.
    """

    def __init__(
        self, bucket: str, *, region: str, endpoint_url: str | None, timeout_seconds: float
    ) -> None:
        endpoint = urlsplit(endpoint_url or f"https://{bucket}.s3.{region}.amazonaws.com")
        self._prefix = f"{endpoint.path.rstrip('/')}/{bucket}" if endpoint_url else ""
        self._host = endpoint.netloc
        self._is_tls = endpoint.scheme == "https"
        self._bucket = bucket
        self._region = region
        self._timeout_seconds = timeout_seconds
        self._idle: list[http.client.HTTPConnection] = []
        self._down_until = 0.0
        self._why_down = ""

    def get(self, key: str, byte_range: tuple[int, int] | None = None) -> bytes:
        """Return an object, or bytes ``start:stop`` of it.

        Parameters
        ----------
        key : str
            The object's key.
        byte_range : tuple of int, optional
            Start and stop, stop excluded.

        Returns
        -------
        bytes
            The content.

        Raises
        ------
        ArtifactNotFoundError
            If there is no such object.
        ArtifactStoreUnavailableError
            If S3 refuses, fails twice, or does not answer in time.
        """
        problem = self._why_down
        for _ in range(_ATTEMPTS if time.monotonic() >= self._down_until else 0):
            try:
                status, content = self._request(key, byte_range)
            except TimeoutError:
                problem = f"no answer from {self._host} within {self._timeout_seconds} s"
                self._pause(problem)
                break
            except (OSError, http.client.HTTPException) as error:
                self.close()  # the others may have gone stale as well
                problem = f"{type(error).__name__} at {self._host}"
                continue
            if status in (200, 206):
                if byte_range and len(content) != byte_range[1] - byte_range[0]:
                    problem = f"{len(content)} bytes came for a range of {byte_range}"
                    continue
                return content
            if status == 404:
                raise ArtifactNotFoundError(f"s3://{self._bucket}/{key} does not exist")
            problem = f"HTTP {status} from {self._host}"
            if is_refused_by_s3(status):
                problem = f"{problem}: {S3_REFUSES}"
                self._pause(problem)
            if status < 500:
                break
        raise ArtifactStoreUnavailableError(f"s3://{self._bucket}/{key} cannot be read: {problem}")

    def close(self) -> None:
        """Close the idle connections; the next call opens another."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _pause(self, problem: str) -> None:
        self._down_until = time.monotonic() + _PAUSE_SECONDS
        self._why_down = problem

    def _request(self, key: str, byte_range: tuple[int, int] | None) -> tuple[int, bytes]:
        path = f"{self._prefix}/{quote(key, safe='/-_.~')}"
        headers = sign_get(
            self._host,
            path,
            region=self._region,
            credentials=Credentials.from_environment(),
            now=datetime.now(UTC),
        )
        if byte_range:
            headers["range"] = f"bytes={byte_range[0]}-{byte_range[1] - 1}"
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._new_connection()
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return response.status, content

    def _new_connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
        return kind(self._host, timeout=self._timeout_seconds)
