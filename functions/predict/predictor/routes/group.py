"""Movie night: one list for several people."""

from __future__ import annotations

from fastapi import APIRouter, Response

from predictor.dependencies import Uses
from predictor.group_schemas import GroupBody, GroupReply

router = APIRouter(tags=["recommendations"])


@router.post("/predict/group", response_model=GroupReply)
async def recommend_for_group(body: GroupBody, services: Uses) -> Response:
    """Recommend movies that several users and visitors watch together; nothing is stored."""
    raise NotImplementedError
