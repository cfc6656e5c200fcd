"""Movie night: one list for several people."""

from __future__ import annotations

from uuid import uuid4

from fastapi import APIRouter, Request, Response

from matinee.artifacts.model import Model
from matinee.domain.recommendation import Strategy
from matinee.scoring.rater import RatedUser
from matinee.web.measured import note_strategy
from predictor.dependencies import Uses
from predictor.group import recommend_to_group
from predictor.group_schemas import GroupBody, GroupMember, GroupReply
from predictor.histories import KnownUser, know_users, without_personal_scores
from predictor.recommend import history_of
from predictor.routes.replies import json_reply
from predictor.routes.wishes import columns_of, wish_of
from predictor.services import Services

router = APIRouter(tags=["recommendations"])


@router.post("/predict/group", response_model=GroupReply)
async def recommend_for_group(body: GroupBody, services: Uses, request: Request) -> Response:
    """Recommend movies that several users and visitors watch together; nothing is stored."""
    model = services.champion.model()
    known = _know(model, services, body.members)
    group = recommend_to_group(model, [k.rated for k in known], wish_of(body), body.method)
    members = [
        {
            "user_id": member.user_id,
            "name": member.name,
            "strategy": k.strategy if is_personal else without_personal_scores(k.strategy),
            "n_ratings": len(k.rated.history),
        }
        for member, k, is_personal in zip(body.members, known, group.is_personal, strict=True)
    ]
    note_strategy(request.scope, "group")
    return json_reply(
        {
            "request_id": uuid4(),
            "method": body.method,
            "model_version": model.manifest.version,
            "members": members,
            "items": group.items,
        }
    )


def _know(model: Model, services: Services, members: list[GroupMember]) -> list[KnownUser]:
    """Return what is known of each member, with one question to the database."""
    user_ids = [member.user_id for member in members if member.user_id is not None]
    users = iter(know_users(model, services.ratings, user_ids) if user_ids else [])
    return [
        next(users) if member.ratings is None else _visitor(model, member) for member in members
    ]


def _visitor(model: Model, member: GroupMember) -> KnownUser:
    history = history_of(model.catalogue, *columns_of(member.ratings or []))
    return KnownUser(RatedUser(history), Strategy.FROM_RATINGS)
