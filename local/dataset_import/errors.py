"""Why an import did not happen; each message says what to do about it."""

from __future__ import annotations

from matinee.errors import MatineeError


class DatasetImportError(MatineeError):
    """Nothing was imported."""

    code = "import_failed"


class SourceError(DatasetImportError):
    """What should be imported cannot be found or read."""


class DownloadError(DatasetImportError):
    """A data set could not be fetched, or is not what its publisher says."""


class TooManyRejectsError(DatasetImportError):
    """More rows are bad than the caller allows."""
