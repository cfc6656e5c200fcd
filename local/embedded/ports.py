"""Which ports the servers listen on, always on 127.0.0.1."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from matinee.errors import ConfigurationError

HOST = "127.0.0.1"


class PortTakenError(ConfigurationError):
    """Somebody listens already on the port that a server needs."""

    def __init__(self, port: int, service: str, *, advice: str = "choose another") -> None:
        super().__init__(
            f"port {port}, which {service} needs, is taken by another program "
            f"or another Matinee: {advice}"
        )


@dataclass(frozen=True)
class Ports:
    """One port for each server; a subclass adds more servers."""

    postgres: int = 5432
    s3: int = 9000
    mlflow: int = 5000
    pushgateway: int = 9091
    prometheus: int = 9090

    @classmethod
    def free(cls) -> Self:
        """Choose ports that nobody listens on."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(**dict(zip(names, unused_ports(len(names)), strict=True)))

    def shifted(self, offset: int) -> Self:
        """Add `offset` to every port."""
        return type(self)(**{name: port + offset for name, port in self._by_name().items()})

    def with_taken_replaced(self, names: Collection[str] | None = None) -> Self:
        """Keep the ports that are free and choose others for those that are not.

        With `names`, only the ports of these servers.
        """
        taken = [
            name
            for name, port in self._by_name().items()
            if (names is None or name in names) and is_taken(port)
        ]
        return dataclasses.replace(self, **dict(zip(taken, unused_ports(len(taken)), strict=True)))

    def _by_name(self) -> dict[str, int]:
        return dataclasses.asdict(self)


def is_taken(port: int) -> bool:
    """Whether another program listens on `port`."""
    with socket.socket() as probe:
        # Connections that an earlier server closed a moment ago do not make the port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def unused_ports(count: int) -> list[int]:
    """Ask the kernel; all ports are held until the last is known, so that none comes twice."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in sockets]
