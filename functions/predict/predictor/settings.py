"""Settings of the predict function."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from matinee.settings import AdminSettings, DatabaseSettings, MetricsSettings, ModelStoreSettings


class PredictSettings(DatabaseSettings, ModelStoreSettings, AdminSettings, MetricsSettings):
    """What the predict function reads from its environment."""

    model_refresh_seconds: Annotated[float, Field(ge=0)] = 30
    model_cache_dir: Path = Path("/tmp/matinee")  # the one place Lambda lets us write
    model_store_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5
    user_arrays_inline_mb: Annotated[int, Field(ge=0)] = 32
