"""The error tree; each docstring is the condition that raises it.

MatineeError
  x ConfigurationError             an environment variable is missing or malformed
  x DatabaseSchemaError            the tables in PostgreSQL and this code do not fit
  x InvalidRequestError            the caller can fix it -> 4xx
      x InvalidRatingError
      x UnknownMovieError
      x NotFoundError
      x ConflictError
      x UnauthorizedError
  x UnavailableError               retrying may help -> 503
      x RatingStoreUnavailableError
      x ArtifactStoreUnavailableError
      x RegistryUnavailableError
      x InvokeUnavailableError
          x InvokeUnansweredError
  x ArtifactError                  an operator must act -> 500
      x ArtifactNotFoundError
      x ArtifactIntegrityError
      x ArtifactSchemaError
  x TrainingError                  this run is void
      x NotEnoughRatingsError
      x FitDivergedError
      x NotEnoughMemoryError
  x DriftError                     no verdict possible
"""

from __future__ import annotations

from collections.abc import Mapping


class MatineeError(Exception):
    """Anything Matinee raises on purpose; `details` is safe to show to a caller."""

    code = "internal_error"

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})


class ConfigurationError(MatineeError):
    """An environment variable is missing or malformed; names it, never shows a secret."""

    code = "misconfigured"


class DatabaseSchemaError(MatineeError):
    """The tables in PostgreSQL and this code's migrations do not fit; an operator must act."""

    code = "database_schema"


class InvalidRequestError(MatineeError):
    """The caller sent something that it can correct."""

    code = "invalid_request"


class InvalidRatingError(InvalidRequestError):
    """A rating is not a number on the scale."""

    code = "invalid_rating"


class UnknownMovieError(InvalidRequestError):
    """A movie id is not in the catalogue."""

    code = "unknown_movie"


class NotFoundError(InvalidRequestError):
    """What the path names does not exist."""

    code = "not_found"


class ConflictError(InvalidRequestError):
    """The request is fine but collides with work in progress."""

    code = "conflict"


class UnauthorizedError(InvalidRequestError):
    """An admin route was called without the admin token."""

    code = "unauthorized"


class UnavailableError(MatineeError):
    """Something that Matinee needs does not answer; a retry may help."""

    code = "unavailable"


class RatingStoreUnavailableError(UnavailableError):
    """PostgreSQL refused, did not answer in time, or lost the connection."""

    code = "rating_store_unavailable"


class ArtifactStoreUnavailableError(UnavailableError):
    """S3 refused or did not answer in time."""

    code = "artifact_store_unavailable"


class RegistryUnavailableError(UnavailableError):
    """MLflow refused or did not answer in time."""

    code = "registry_unavailable"


class InvokeUnavailableError(UnavailableError):
    """The platform did not take an asynchronous invocation."""

    code = "invoke_unavailable"


class InvokeUnansweredError(InvokeUnavailableError):
    """The platform may have taken an asynchronous invocation, but did not say so."""

    code = "invoke_unanswered"


class ArtifactError(MatineeError):
    """A model version cannot be used until an operator acts."""

    code = "artifact_error"


class ArtifactNotFoundError(ArtifactError):
    """The bucket holds no such version, file or champion."""

    code = "model_not_found"


class ArtifactIntegrityError(ArtifactError):
    """A file's size, checksum or shape is not what the manifest says."""

    code = "model_damaged"


class ArtifactSchemaError(ArtifactError):
    """The manifest was written by a newer Matinee than this one."""

    code = "model_too_new"


class TrainingError(MatineeError):
    """A training run is void; the champion is untouched."""

    code = "training_failed"


class NotEnoughRatingsError(TrainingError):
    """The snapshot is too small to train and evaluate on."""

    code = "not_enough_ratings"


class FitDivergedError(TrainingError):
    """A fitted array holds values that are not finite."""

    code = "fit_diverged"


class NotEnoughMemoryError(TrainingError):
    """The chosen algorithm would need more memory than there is."""

    code = "not_enough_memory"


class DriftError(MatineeError):
    """No drift verdict is possible."""

    code = "drift_failed"
