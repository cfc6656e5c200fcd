"""A Prometheus server with the project's own rules, which reads from the Pushgateway beside it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from embedded.folder import DataFolder
from embedded.http import answers
from embedded.ports import HOST
from embedded.supervisor import ServerSpec

PROGRAM = "prometheus"
CONFIG = Path(__file__).parents[1] / "prometheus" / "prometheus.yml"
# As often as the functions push; whoever tries things out does not want to wait.
INTERVAL = "5s"
RETENTION = "15d"


@dataclass(frozen=True)
class Prometheus:
    """A Prometheus server on 127.0.0.1; it keeps 15 days."""

    folder: DataFolder
    port: int
    program: Path
    pushgateway_port: int

    @property
    def url(self) -> str:
        """The address of its pages and its API."""
        return f"http://{HOST}:{self.port}"

    def spec(self) -> ServerSpec:
        """Say how to start the server."""
        home = self.folder.path / "prometheus"
        home.mkdir(exist_ok=True)
        config = home / "prometheus.yml"
        config.write_text(yaml.safe_dump(self._config()))
        return ServerSpec(
            name="Prometheus",
            arguments=[
                self.program,
                f"--config.file={config}",
                f"--storage.tsdb.path={home / 'data'}",
                f"--storage.tsdb.retention.time={RETENTION}",
                f"--web.listen-address={HOST}:{self.port}",
            ],
            ports=[self.port],
            log=self.folder.log("prometheus"),
            is_ready=lambda: answers(self.port, "/-/ready"),
        )

    def _config(self) -> dict[str, Any]:
        """Return the configuration of the containers with this machine's paths and ports."""
        config: dict[str, Any] = yaml.safe_load(CONFIG.read_text())
        config["global"] = {"scrape_interval": INTERVAL, "evaluation_interval": INTERVAL}
        config["rule_files"] = [str(CONFIG.parent / pattern) for pattern in config["rule_files"]]
        ports = {"pushgateway": self.pushgateway_port, "prometheus": self.port}
        for job in config["scrape_configs"]:
            job["static_configs"] = [{"targets": [f"{HOST}:{ports[job['job_name']]}"]}]
        return config


def find_prometheus() -> Path | None:
    """Return the program if it is installed."""
    found = shutil.which(PROGRAM)
    return Path(found) if found else None
