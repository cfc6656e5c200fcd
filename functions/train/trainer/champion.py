"""Moves the champion: the pointer in the bucket first, because it is what serves."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from matinee.artifacts.manifest import ArtifactManifest, ChampionPointer
from matinee.errors import (
    ArtifactError,
    ArtifactIntegrityError,
    ArtifactNotFoundError,
    ConflictError,
    NotFoundError,
    RegistryUnavailableError,
)
from matinee.stores.model_publisher import ModelPublisher
from matinee.stores.registry import ModelRegistry
from trainer.promotion import HeadToHead, PromotionDecision, Tolerance, decide

logger = logging.getLogger("matinee.train.champion")


@dataclass(frozen=True, slots=True)
class Champions:
    """Who serves, in the bucket and in the registry."""

    publisher: ModelPublisher
    registry: ModelRegistry

    def challenge(
        self,
        challenger: ArtifactManifest,
        tolerance: Tolerance,
        head_to_head: HeadToHead | None = None,
    ) -> PromotionDecision:
        """Promote a published challenger if it is not worse than the champion.

        Without a comparison on the same ratings, each is taken by its own evaluation.
        """
        current = self.publisher.champion()
        metrics = None if current is None else self._metrics(current[0].version)
        decision = decide(metrics, challenger.metrics, tolerance, head_to_head)
        if decision.promote:
            try:
                self._swap(challenger.version, decision.reason, current)
            except ConflictError:
                reason = "the champion was changed by somebody else during this training"
                return PromotionDecision(False, reason)
        return decision

    def promote(self, version: str, reason: str) -> ChampionPointer:
        """Let a version serve, whatever its metrics."""
        current = self.publisher.champion()
        if current is not None and current[0].version == version:
            return current[0]
        try:
            return self._swap(version, reason, current)
        except ArtifactNotFoundError as error:
            raise NotFoundError(error.message) from error

    def roll_back(self, reason: str) -> ChampionPointer:
        """Let the version serve that served before; once more brings the current one back."""
        current = self.publisher.champion()
        if current is None or current[0].previous is None:
            raise ConflictError("no version served before the current one; promote one by name")
        return self._swap(current[0].previous, reason, current)

    def overview(self) -> tuple[ChampionPointer | None, list[ArtifactManifest]]:
        """Return who serves, and every version newest first; damaged ones are left out."""
        current = self.publisher.champion()
        manifests = []
        for version in self.publisher.versions():
            try:
                manifests.append(self.publisher.manifest(version)[0])
            except ArtifactError as error:
                logger.warning("version %s is not listed: %s", version, error)
        manifests.reverse()
        return (None if current is None else current[0]), manifests

    def _metrics(self, version: str) -> dict[str, float]:
        try:
            return self.publisher.manifest(version)[0].metrics
        except (ArtifactNotFoundError, ArtifactIntegrityError) as error:
            # A champion that cannot be loaded has no quality to defend.
            logger.warning("champion %s is unusable: %s", version, error)
            return {}

    def _swap(
        self, version: str, reason: str, current: tuple[ChampionPointer, str] | None
    ) -> ChampionPointer:
        _, sha256 = self.publisher.manifest(version)
        pointer = ChampionPointer(
            version=version,
            manifest_sha256=sha256,
            promoted_at=datetime.now(UTC),
            reason=reason,
            previous=current[0].version if current else None,
        )
        self.publisher.swap_champion(pointer, expected_etag=current[1] if current else None)
        try:
            self.registry.promote(version)
        except RegistryUnavailableError as error:
            # The bucket decides what serves; the alias is for people and follows next time.
            logger.warning("the alias champion stays where it was: %s", error)
        return pointer
