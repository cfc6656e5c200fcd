"""What all imports together brought in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from matinee.stores.database import Database

# Kinds of rejected movies and links stand beside those of ratings, as "movies: malformed".
_REJECTED_RATINGS = """
SELECT kind, sum(number::bigint) FROM imports, jsonb_each_text(rejects) AS reject (kind, number)
WHERE position(':' IN kind) = 0 GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class ImportTotals:
    """Sums over the table `imports`."""

    n_imports: int
    ratings: Mapping[str, int]
    """By result: inserted, updated, unchanged."""
    rejected: Mapping[str, int]
    """Ratings by kind of reject."""
    last_finished_at: datetime | None


def import_totals(database: Database) -> ImportTotals:
    """Add up all imports.

    Parameters
    ----------
    database : Database
        Where the table is.

    Returns
    -------
    ImportTotals
        The sums.

    Raises
    ------
    RatingStoreUnavailableError
        If PostgreSQL does not answer in time.
    """
    ((n_imports, inserted, updated, unchanged, last_finished_at),) = database.fetch(
        "SELECT count(*), coalesce(sum(ratings_inserted), 0), coalesce(sum(ratings_updated), 0), "
        "coalesce(sum(ratings_unchanged), 0), max(finished_at) FROM imports"
    )
    return ImportTotals(
        n_imports=int(n_imports),
        ratings={
            "inserted": int(inserted),
            "updated": int(updated),
            "unchanged": int(unchanged),
        },
        rejected={kind: int(number) for kind, number in database.fetch(_REJECTED_RATINGS)},
        last_finished_at=last_finished_at,
    )
