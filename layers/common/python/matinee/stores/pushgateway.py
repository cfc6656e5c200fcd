"""Metrics to a Prometheus Pushgateway, in groups that replace what they held before.

References
----------
https://github.com/prometheus/pushgateway#api
"""

from __future__ import annotations

import base64
import http.client
import json
import logging
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from matinee.observability.metrics import PUSH_FAILURES

logger = logging.getLogger("matinee.pushgateway")

FORGET_SECONDS = 30.0
"""The longest that a run tidies up: thousands of groups take the gateway many seconds to list."""

_JOBS = "matinee-"
_CHUNK_BYTES = 1 << 16
_ENVIRONMENT_LABELS = {"job", "instance"}


class PushgatewayError(Exception):
    """The Pushgateway answered something else than success."""


class Pushgateway:
    """Puts metrics there and takes old ones away; it fails without consequences.

    Parameters
    ----------
    url : str or None
        Address of the Pushgateway. None turns every method into nothing.
    timeout_seconds : float
        Limit for a push, whether it is the connection or the answer that takes long.
    """

    def __init__(self, url: str | None, *, timeout_seconds: float) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds

    def push(self, registry: CollectorRegistry, *, job: str, grouping: Mapping[str, str]) -> bool:
        """Replace a group by everything that a registry holds; never raises.

        Parameters
        ----------
        registry : CollectorRegistry
            The metrics.
        job : str
            The group's job.
        grouping : mapping of str to str
            The group's other labels.

        Returns
        -------
        bool
            False when the Pushgateway did not take it, which is logged and counted.
        """
        if self._url is None:
            return True
        try:
            body = generate_latest(registry)
            path = _group_path({"job": job, **grouping})
            self._request("PUT", path, body, seconds=self._timeout_seconds)
        except Exception as error:  # whatever it is, metrics are not worth a failed run
            PUSH_FAILURES.inc()
            logger.warning("metrics of %s were not pushed: %s", job, _describe(error))
            return False
        return True

    def forget_environments(self, max_age_hours: float, *, seconds: float = FORGET_SECONDS) -> int:
        """Delete the groups of environments that have not pushed for long; never raises.

        What is not done within `seconds` is left to the next call.

        Parameters
        ----------
        max_age_hours : float
            Groups with an `instance` whose last push is older than this are deleted.
        seconds : float
            Limit for everything together.

        Returns
        -------
        int
            How many were deleted.
        """
        if self._url is None:
            return 0
        n_deleted = 0
        end = time.monotonic() + seconds
        try:
            listing = self._request("GET", "/api/v1/metrics", seconds=seconds)
            groups = json.loads(listing)["data"]
            for labels in _environments_before(groups, time.time() - max_age_hours * 3600):
                self._request("DELETE", _group_path(labels), seconds=_left_until(end))
                n_deleted += 1
        except Exception as error:  # the next run tries again
            logger.warning(
                "old environments stay in the Pushgateway, after %d were removed: %s",
                n_deleted,
                _describe(error),
            )
        return n_deleted

    def _request(
        self, method: str, path: str, body: bytes | None = None, *, seconds: float
    ) -> bytes:
        end = time.monotonic() + seconds
        address = urlsplit(self._url or "")
        is_tls = address.scheme == "https"
        kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        # A new connection each time: minutes may lie between two pushes, and a freeze.
        connection = kind(address.hostname or "", address.port, timeout=seconds)
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4} if body is not None else {}
        try:
            connection.connect()
            sock = connection.sock  # the connection may let go of it when the answer begins
            connection.request(method, address.path.rstrip("/") + path, body, headers)
            sock.settimeout(_left_until(end))
            response = connection.getresponse()
            content = bytearray()
            while chunk := response.read1(_CHUNK_BYTES):
                content += chunk
                sock.settimeout(_left_until(end))
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            raise PushgatewayError(f"HTTP {response.status} to {method} {path}")
        return bytes(content)


def _left_until(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _group_path(labels: Mapping[str, str]) -> str:
    names = ["job", *(name for name in labels if name != "job")]
    return "/metrics" + "".join(f"/{_path_part(name, labels[name])}" for name in names)


def _path_part(name: str, value: str) -> str:
    if value and "/" not in value:
        return f"{name}/{quote(value, safe='')}"
    # What a path cannot hold, the Pushgateway takes in this form; "=" stands for nothing.
    encoded = base64.urlsafe_b64encode(value.encode()).decode() or "="
    return f"{name}@base64/{encoded}"


def _environments_before(groups: list[dict[str, object]], oldest: float) -> list[dict[str, str]]:
    return [
        labels
        for group in groups
        if (labels := _labels(group)).keys() == _ENVIRONMENT_LABELS
        and labels["job"].startswith(_JOBS)
        and _pushed_at(group) < oldest
    ]


def _labels(group: dict[str, object]) -> dict[str, str]:
    labels = group["labels"]
    assert isinstance(labels, dict)
    return labels


def _pushed_at(group: dict[str, object]) -> float:
    family = group["push_time_seconds"]
    assert isinstance(family, dict)
    return float(family["metrics"][0]["value"])


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
