"""A Pushgateway, which keeps what the functions push until Prometheus reads it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from embedded.folder import DataFolder
from embedded.http import answers
from embedded.ports import HOST
from embedded.supervisor import ServerSpec

# Debian names the program otherwise than everybody else.
PROGRAMS = ("prometheus-pushgateway", "pushgateway")


@dataclass(frozen=True)
class Pushgateway:
    """A Pushgateway on 127.0.0.1; what was pushed outlives it."""

    folder: DataFolder
    port: int
    program: Path

    @property
    def url(self) -> str:
        """Where to push to."""
        return f"http://{HOST}:{self.port}"

    def spec(self) -> ServerSpec:
        """Say how to start the server."""
        kept = self.folder.path / "pushgateway" / "metrics"
        kept.parent.mkdir(exist_ok=True)
        return ServerSpec(
            name="Pushgateway",
            arguments=[
                self.program,
                f"--web.listen-address={HOST}:{self.port}",
                f"--persistence.file={kept}",
                "--persistence.interval=1m",
            ],
            ports=[self.port],
            log=self.folder.log("pushgateway"),
            is_ready=lambda: answers(self.port, "/-/ready"),
        )


def find_pushgateway() -> Path | None:
    """Return the program if it is installed."""
    return next((Path(path) for name in PROGRAMS if (path := shutil.which(name))), None)
