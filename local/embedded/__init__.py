"""Real PostgreSQL, S3 and MLflow servers from Python packages, as child processes."""

from embedded.ports import Ports, PortTakenError
from embedded.services import EmbeddedServices

__all__ = ["EmbeddedServices", "PortTakenError", "Ports"]
