"""Lambda's way in: where Lambda starts an environment, importing this is that start."""

from __future__ import annotations

import gc
import os

IS_ENVIRONMENT_START = "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ
if IS_ENVIRONMENT_START:
    # What imports make stays; looking through it for garbage is a tenth of the start.
    gc.disable()

from matinee.observability.environment import runtime_api  # noqa: E402
from matinee.observability.logs import configure_logging  # noqa: E402
from matinee.settings import EnvironmentSettings  # noqa: E402
from matinee.stores.environment_metrics import EnvironmentMetrics  # noqa: E402
from predictor.services import begin_services  # noqa: E402

configure_logging(EnvironmentSettings.from_environment().log_level)
services = begin_services() if IS_ENVIRONMENT_START else None

# The model is on its way by now.
from predictor.api import create_handler  # noqa: E402

metrics = EnvironmentMetrics.from_environment(
    "predict", at_end=services.answers.give_up if services else lambda: None
)
handler = create_handler(services, on_counted=metrics.note)

if IS_ENVIRONMENT_START:
    gc.freeze()
    gc.enable()

if runtime_api() is not None:  # more than the first condition: SAM sets only this
    metrics.begin()
