"""PostgreSQL, MinIO, MLflow and the rest in containers, and SAM's functions on their network."""

from containers.compose import Compose
from containers.settings import Settings

__all__ = ["Compose", "Settings"]
