"""Real Pushgateways and Prometheis, from Debian's packages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.http import answers
from embedded.ports import HOST, unused_ports
from embedded.supervisor import ServerSpec, Supervisor
from tests.support.waiting import wait_until

PROGRAMS = ("prometheus", "prometheus-pushgateway")
CONFIG = """
global: {{scrape_interval: 500ms}}
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs: [{{targets: ["{target}"]}}]
"""


def missing_programs() -> list[str]:
    """Return what is not installed of what a real Prometheus needs."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def require_programs() -> None:
    """Skip where the packages are missing, unless they were promised."""
    missing = missing_programs()
    if missing and os.environ.get("MATINEE_REQUIRE_PROMETHEUS") == "1":
        pytest.fail(f"MATINEE_REQUIRE_PROMETHEUS is set, but not installed: {missing}")
    if missing:
        pytest.skip(f"needs Debian's packages {' and '.join(missing)}")


@dataclass(frozen=True)
class RunningPushgateway:
    """A Pushgateway, and what it holds."""

    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Every group, with `labels` and its metrics by name."""
        reply = httpx.get(f"{self.url}/api/v1/metrics", timeout=5, trust_env=False)
        groups: list[dict[str, Any]] = reply.json()["data"]
        return groups

    def instances(self, job: str) -> list[str]:
        """Return the environments of a job."""
        labels = [group["labels"] for group in self.groups]
        return [each["instance"] for each in labels if each["job"] == job and "instance" in each]


@dataclass(frozen=True)
class RunningPrometheus:
    """A Prometheus that scrapes one Pushgateway."""

    port: int

    def value(self, query: str) -> float:
        """Return the one number that a query has for an answer; NaN when it has none."""
        reply = httpx.get(
            f"http://{HOST}:{self.port}/api/v1/query",
            params={"query": query},
            timeout=5,
            trust_env=False,
        )
        result = reply.json()["data"]["result"]
        return float(result[0]["value"][1]) if result else float("nan")


@contextmanager
def running_pushgateway(folder: Path, port: int | None = None) -> Iterator[RunningPushgateway]:
    """Run one inside the block, on a port of its own choice unless told."""
    (chosen,) = [port] if port else unused_ports(1)
    spec = ServerSpec(
        name="The Pushgateway",
        arguments=[
            *("prometheus-pushgateway", f"--web.listen-address={HOST}:{chosen}"),
            "--persistence.file=",  # Debian's would keep one test's metrics for the next
        ],
        ports=[chosen],
        log=folder / "pushgateway.log",
        is_ready=lambda: answers(chosen, "/-/ready"),
    )
    with _running(spec):
        yield RunningPushgateway(chosen)


@contextmanager
def running_prometheus(folder: Path, gateway: RunningPushgateway) -> Iterator[RunningPrometheus]:
    """Run one inside the block that has scraped at least once."""
    (port,) = unused_ports(1)
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(target=f"{HOST}:{gateway.port}"))
    spec = ServerSpec(
        name="Prometheus",
        arguments=[
            *("prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb"),
            f"--web.listen-address={HOST}:{port}",
        ],
        ports=[port],
        log=folder / "prometheus.log",
        is_ready=lambda: answers(port, "/-/ready"),
    )
    with _running(spec):
        prometheus = RunningPrometheus(port)
        wait_until(lambda: prometheus.value('up{job="pushgateway"}') == 1)
        yield prometheus


@contextmanager
def _running(spec: ServerSpec) -> Iterator[None]:
    supervisor = Supervisor()
    try:
        supervisor.start(spec).wait_until_ready()
        yield
    finally:
        supervisor.stop()
