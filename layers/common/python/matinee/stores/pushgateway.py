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

_JOBS = "matinee-"
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
        Limit for connecting and for each wait for an answer.
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
            self._request("PUT", _group_path({"job": job, **grouping}), body)
        except Exception as error:  # whatever it is, metrics are not worth a failed run
            PUSH_FAILURES.inc()
            logger.warning("metrics of %s were not pushed: %s", job, _describe(error))
            return False
        return True

    def forget_environments(self, max_age_hours: float) -> int:
        """Delete the groups of environments that have not pushed for long; never raises.

        Parameters
        ----------
        max_age_hours : float
            Groups with an `instance` whose last push is older than this are deleted.

        Returns
        -------
        int
            How many were deleted.
        """
        if self._url is None:
            return 0
        n_deleted = 0
        try:
            groups = json.loads(self._request("GET", "/api/v1/metrics"))["data"]
            for labels in _environments_before(groups, time.time() - max_age_hours * 3600):
                self._request("DELETE", _group_path(labels))
                n_deleted += 1
        except Exception as error:  # the next run tries again
            logger.warning("old environments stay in the Pushgateway: %s", _describe(error))
        return n_deleted

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        address = urlsplit(self._url or "")
        is_tls = address.scheme == "https"
        kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        # A new connection each time: minutes may lie between two pushes, and a freeze.
        connection = kind(address.hostname or "", address.port, timeout=self._timeout_seconds)
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4} if body is not None else {}
        try:
            connection.request(method, address.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            raise PushgatewayError(f"HTTP {response.status} to {method} {path}")
        return content


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
