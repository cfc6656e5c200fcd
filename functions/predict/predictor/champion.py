"""The model that serves: loaded once, replaced when a newer one is promoted, never lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Protocol

from matinee.artifacts.manifest import ChampionPointer
from matinee.artifacts.model import Model
from matinee.errors import MatineeError
from matinee.observability.logs import with_fields
from predictor.metrics import (
    FALLBACKS,
    MODEL_FAILURES,
    MODEL_INFO,
    MODEL_LOAD_SECONDS,
    FallbackCause,
)

logger = logging.getLogger("matinee.champion")


class Versions(Protocol):
    """Where model versions come from."""

    def champion(self) -> ChampionPointer:
        """Return which version serves."""
        ...

    def load(self, pointer: ChampionPointer) -> Model:
        """Load the version that a pointer names."""
        ...

    def forget_all_but(self, versions: set[str]) -> None:
        """Remove every other version from disk."""
        ...


class Champion:
    """Holds the champion and looks for a newer one when its knowledge is too old.

    Looking happens inside a request, because an environment has no time of its own between
    requests. A failed look is logged, counted and tried again after the same time; meanwhile the
    last good model answers.

    Parameters
    ----------
    versions : Versions
        The model store.
    refresh_seconds : float
        How old the knowledge of which version is champion may be.
    clock : callable
        Returns seconds that only grow.
    """

    def __init__(
        self,
        versions: Versions,
        *,
        refresh_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        self._model: Model | None = None
        self._pointer: ChampionPointer | None = None
        self._looked_at = 0.0
        self._loader: Thread | None = None

    @property
    def pointer(self) -> ChampionPointer | None:
        """Return what is known of the serving version, None before the first load."""
        return self._pointer

    def load_ahead(self) -> None:
        """Begin to load the model while the caller goes on; `model` waits for the end."""
        self._loader = Thread(target=self._load_quietly, daemon=True)
        self._loader.start()

    def model(self) -> Model:
        """Return the serving model.

        Returns
        -------
        Model
            The champion as of at most `refresh_seconds` ago, or the last good model.

        Raises
        ------
        ArtifactError, ArtifactStoreUnavailableError
            If no model was ever loaded here and none can be now.
        """
        if self._loader is not None:
            self._loader.join()
            self._loader = None
        return self._fresh_model()

    def _load_quietly(self) -> None:
        # What fails here fails again in the first request, which then can say so.
        with suppress(MatineeError):
            self._fresh_model()

    def _fresh_model(self) -> Model:
        if self._model is not None and self._clock() - self._looked_at < self._refresh_seconds:
            return self._model
        try:
            self._look()
        except Exception as error:
            # Whatever is wrong with the newer version, the one that serves is not to blame.
            cause = error.code if isinstance(error, MatineeError) else "unexpected"
            MODEL_FAILURES.labels(cause=cause).inc()
            if self._model is None:
                raise
            FALLBACKS[FallbackCause.MODEL_NOT_REFRESHED].inc()
            logger.error("the last good model goes on serving: %s", error, exc_info=True)
        self._looked_at = self._clock()
        assert self._model is not None
        return self._model

    def _look(self) -> None:
        pointer = self._versions.champion()
        if self._pointer is not None and pointer.version == self._pointer.version:
            self._pointer = pointer
            return
        started_at = time.perf_counter()
        model = self._versions.load(pointer)
        seconds = time.perf_counter() - started_at
        MODEL_LOAD_SECONDS.observe(seconds)
        MODEL_INFO.clear()
        MODEL_INFO.labels(version=pointer.version).set(manifest_time(model))
        logger.info(
            "model loaded",
            extra=with_fields(version=pointer.version, seconds=round(seconds, 4)),
        )
        kept = {pointer.version} | ({self._pointer.version} if self._pointer else set())
        self._model, self._pointer = model, pointer
        self._versions.forget_all_but(kept)


def manifest_time(model: Model) -> float:
    """Return when the model was made, in seconds since 1970 UTC."""
    return model.manifest.created_at.timestamp()
