"""Real servers as child processes, most of them from Python packages."""

from embedded.ports import Ports, PortTakenError
from embedded.services import EmbeddedServices

__all__ = ["EmbeddedServices", "PortTakenError", "Ports"]
