"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from predictor.services import Services, build_services
from predictor.settings import PredictSettings


async def get_services(request: Request) -> Services:
    """Return the environment's services; the first request builds them."""
    state = request.app.state
    if getattr(state, "services", None) is None:
        state.services = build_services(PredictSettings.from_environment())
    services: Services = state.services
    return services


async def get_settings(services: Annotated[Services, Depends(get_services)]) -> PredictSettings:
    """Return the settings."""
    return services.settings


Uses = Annotated[Services, Depends(get_services)]
