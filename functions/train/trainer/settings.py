"""What the train function is told by its environment."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matinee.settings import AdminSettings, DatabaseSettings, MetricsSettings, ModelStoreSettings
from trainer.promotion import Tolerance


class TrainSettings(DatabaseSettings, ModelStoreSettings, AdminSettings, MetricsSettings):
    """Settings of the train function."""

    mlflow_tracking_uri: str = Field(min_length=1)
    mlflow_experiment: str = Field(default="matinee", min_length=1)
    mlflow_model_name: str = Field(default="matinee", min_length=1)
    registry_required: bool = True
    """Whether a training without MLflow fails; otherwise it publishes without."""
    async_invoke: bool = True
    """Whether the function may invoke itself to go on after its reply."""
    aws_lambda_function_name: str | None = None
    git_revision: str | None = None
    """Of the deployed code; goes into every manifest."""
    model_cache_dir: Path = Path("/tmp/matinee")
    promotion_ndcg_tolerance: Annotated[float, Field(ge=0, le=1)] = 0.02
    promotion_rmse_tolerance: Annotated[float, Field(ge=0, le=5)] = 0.01

    @property
    def tolerance(self) -> Tolerance:
        """How much worse than the champion still counts as not worse."""
        return Tolerance(self.promotion_ndcg_tolerance, self.promotion_rmse_tolerance)


@cache
def get_settings() -> TrainSettings:
    """Read the settings on first use."""
    return TrainSettings.from_environment()
