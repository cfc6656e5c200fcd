"""The public HTTP contract of movie night: one list for several people."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from matinee.domain.recommendation import Strategy
from matinee.scoring.group import GroupMethod
from predictor.schemas import (
    Body,
    GivenRatings,
    Id,
    MovieReply,
    ReasonReply,
    Text,
    WishBody,
)


class GroupMember(Body):
    """A user, or a visitor who brings ratings; nothing of a visitor is stored."""

    user_id: Id | None = None
    ratings: GivenRatings | None = None
    name: Text | None = Field(None, description="Comes back in the reply, for the page.")

    @model_validator(mode="after")
    def _user_or_visitor(self) -> Self:
        if (self.user_id is None) == (self.ratings is None):
            raise ValueError("a member has either user_id or ratings")
        return self


class GroupBody(WishBody):
    """Ask for one list that suits everybody; movies that any member rated are left out."""

    members: list[GroupMember] = Field(min_length=1, max_length=20)
    method: GroupMethod = Field(
        GroupMethod.AVERAGE,
        description="average: highest mean satisfaction; least_misery: highest satisfaction of the "
        "least satisfied member; fairness: the list as a whole serves everybody.",
    )

    @model_validator(mode="after")
    def _each_user_once(self) -> Self:
        user_ids = [m.user_id for m in self.members if m.user_id is not None]
        if len(set(user_ids)) < len(user_ids):
            raise ValueError("members must hold each user once")
        return self


class MemberReply(BaseModel):
    """Who a member is and what is known of the member."""

    user_id: int | None
    name: str | None
    strategy: Strategy = Field(description="Which history stood for the member.")
    n_ratings: int = Field(description="Ratings that the model could use.")


class MemberOpinion(BaseModel):
    """What one member is expected to think of one movie."""

    predicted_rating: float = Field(description="In stars.")
    satisfaction: float = Field(
        description="0 to 1, comparable between members: half is the ranker's score as a part of "
        "the member's highest, half the predicted rating on its scale."
    )
    seen: bool = Field(description="Whether the member rated it; only with include_seen.")
    rating: float | None = Field(description="The stars that the member gave, when seen.")
    because: list[ReasonReply]


class GroupItem(MovieReply):
    """One place in the list; `members` are in the order of the request."""

    score: float = Field(description="By the method; unitless, only the order matters.")
    members: list[MemberOpinion]


class GroupReply(BaseModel):
    """One list for all, best first."""

    request_id: UUID
    method: GroupMethod
    model_version: str
    members: list[MemberReply]
    items: list[GroupItem]
