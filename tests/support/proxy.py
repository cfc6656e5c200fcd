"""A TCP proxy that a test can cut or silence, to take a server away while it runs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes bytes to a port of this machine; starts out connected."""

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._passes = threading.Event()
        self._passes.set()
        self._accepts = True
        self.connections = 0  # how many were tried
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        """Close every connection, and each new one at once."""
        self._accepts = False
        self._hang_up()

    def silence(self) -> None:
        """Keep connections open and let nothing through."""
        self._passes.clear()

    def restore(self) -> None:
        """Pass bytes again."""
        self._accepts = True
        self._passes.set()

    def close(self) -> None:
        """Stop."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._hang_up()
        self._passes.set()
        for thread in self._threads:
            thread.join()

    def _hang_up(self) -> None:
        sockets, self._sockets = self._sockets, []
        for one in sockets:
            # The other side may have closed it.
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if not self._accepts:
                client.close()
                continue
            server = socket.create_connection(self._target)
            self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pump, args=(source, sink))
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._passes.wait()
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        source.close()


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """Run a proxy inside the block."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
