"""Model versions of the replay, loaded from the bucket as the predict function loads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matinee.artifacts.model import Model
from matinee.settings import ModelStoreSettings
from matinee.stores.model_store import ModelStore
from matinee.stores.ratings import RatingStore
from matinee.stores.s3_reader import S3Reader
from predictor.histories import KnownUser, know_users
from predictor.recommend import Wish, recommend
from replay.errors import ReplayError

_TIMEOUT_SECONDS = 30
# Fetched whole: a replay asks for many users and has the disk for them.
_INLINE_USER_BYTES = 2**40


class Versions:
    """Loads what serves; the version that served before goes, the first one stays."""

    def __init__(self, settings: ModelStoreSettings, cache_folder: Path) -> None:
        reader = S3Reader(
            settings.model_bucket,
            region=settings.aws_region,
            endpoint_url=settings.aws_endpoint_url_s3,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        self._store = ModelStore(
            reader, cache_folder=cache_folder, inline_user_bytes=_INLINE_USER_BYTES
        )
        self._first: Model | None = None
        self._serving: Model | None = None

    def first(self) -> Model:
        """Return the first version that served."""
        if self._first is None:
            self._first = self._store.load(self._store.champion())
        return self._first

    def serving(self, version: str) -> Model:
        """Return the version that serves, which is the one of this name."""
        first = self.first()
        if self._serving is None or self._serving.manifest.version != version:
            pointer = self._store.champion()
            if pointer.version != version:
                raise ReplayError(
                    f"{version} should serve, but {pointer.version} does: nobody else may use the "
                    "servers of a replay"
                )
            self._serving = self._store.load(pointer)
            self._store.forget_all_but({version, first.manifest.version})
        return self._serving


class Arm:
    """A model beside what is known of some users at one moment."""

    def __init__(self, model: Model, ratings: RatingStore, user_ids: Sequence[int]) -> None:
        self.model = model
        known = know_users(model, ratings, user_ids) if user_ids else []
        self.users: dict[int, KnownUser] = dict(zip(user_ids, known, strict=True))

    def lists(self, n: int) -> dict[int, list[int]]:
        """Return each user's movie ids, best first, made as the predict function makes them."""
        wish = Wish(n=n, n_reasons=0)
        return {
            user_id: [item["movie_id"] for item in recommend(self.model, user.rated, wish)]
            for user_id, user in self.users.items()
        }

    def is_new(self, user_id: int) -> bool:
        """Whether nothing was known of a user."""
        return len(self.users[user_id].rated.history) == 0
