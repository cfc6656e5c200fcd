"""The page that describes a model version: its origin, its quality, its files."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matinee.errors import ArtifactIntegrityError, ArtifactSchemaError

SCHEMA_VERSION = 1
MANIFEST_NAME = "manifest.json"
VERSION_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$"
"""Safe as a folder name and as a part of a key."""


FileName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.(npy|json)$")]
"""Without a path, so that no manifest makes anyone write outside the version's folder."""


class Page(BaseModel):
    """Frozen; fields that a later minor change adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class FileEntry(Page):
    """One file of the version; enough to check it, and to read a part of it without its header.

    `rows` are counted in users where `per_user` is true and the file has one row a user.
    """

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    dtype: str = Field(pattern=r"^[<>|][biuf][1248]$")
    shape: tuple[int, ...]
    per_user: bool = False


class DataFacts(Page):
    """The snapshot of ratings that the version was trained on."""

    fingerprint: str
    snapshot_at: datetime
    n_ratings: int
    n_users: int
    n_items: int
    first_rated_at: datetime | None = None
    last_rated_at: datetime | None = None


class RankerFacts(Page):
    """The part that orders movies."""

    algorithm: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    half_life: float
    floor: float
    star_exponent: float
    newest: int = 500


class RaterFacts(Page):
    """The part that predicts stars; `kind` says which arrays it has."""

    algorithm: str
    kind: Literal["factors", "neighbors"]
    parameters: dict[str, Any] = Field(default_factory=dict)
    global_mean: float
    regularization: float = 1.0
    n_neighbors: int = 40
    min_neighbors: int = 1


class ListQuality(Page):
    """How good lists were when the users' next `n_relevant` held-out ratings counted."""

    n_relevant: int = Field(ge=1)
    n_users: int = Field(ge=1)
    hit_rate_at_10: float
    ndcg_at_10: float


class ArtifactManifest(Page):
    """Everything known about a model version but its arrays."""

    schema_version: int = SCHEMA_VERSION
    version: str = Field(pattern=VERSION_PATTERN)
    created_at: datetime
    git_revision: str | None = None
    data: DataFacts
    genres: tuple[str, ...]
    ranker: RankerFacts
    rater: RaterFacts
    metrics: dict[str, float]
    """Keys are ``<method>.<metric>``: ``ranker.ndcg_at_10``, ``popularity.ndcg_at_10``,
    ``rater_order.ndcg_at_10``, ``rater.rmse`` and so on."""
    list_quality: dict[str, tuple[ListQuality, ...]] = Field(default_factory=dict)
    """By method (ranker, popularity), ascending by `n_relevant`; older versions have none."""
    files: dict[FileName, FileEntry]

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Parse a manifest.

        Parameters
        ----------
        content : bytes
            The JSON document.

        Returns
        -------
        ArtifactManifest
            The frozen manifest.

        Raises
        ------
        ArtifactSchemaError
            If a newer Matinee wrote it.
        ArtifactIntegrityError
            If it is not a manifest.
        """
        try:
            schema_version = json.loads(content)["schema_version"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ArtifactIntegrityError("the manifest is not a JSON manifest") from error
        if not isinstance(schema_version, int) or schema_version > SCHEMA_VERSION:
            raise ArtifactSchemaError(
                f"the manifest has schema version {schema_version}; this Matinee reads up to "
                f"{SCHEMA_VERSION}: deploy the newer functions first"
            )
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, p["loc"])) for p in error.errors())
            raise ArtifactIntegrityError(f"the manifest is wrong in: {fields}") from error

    def to_bytes(self) -> bytes:
        """Return the JSON document."""
        return self.model_dump_json(indent=2).encode()


class ChampionPointer(Page):
    """``models/champion.json``: which version serves, and which served before it."""

    version: str = Field(pattern=VERSION_PATTERN)
    manifest_sha256: str
    promoted_at: datetime
    reason: str
    previous: str | None = None
