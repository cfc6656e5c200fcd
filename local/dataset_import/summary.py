"""What an import did, and how it is told to a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """Counts of one import; `rejects` holds the rejected ratings by kind.

    `other_rejects` holds those of movies and links, by ``"movies: kind"`` and ``"links: kind"``.
    """

    import_id: UUID
    source: str
    seconds: float
    movies_read: int
    movies_inserted: int
    movies_updated: int
    ratings_read: int
    ratings_inserted: int
    ratings_updated: int
    ratings_rejected: int
    rejects: dict[str, int] = field(default_factory=dict)
    other_rejects: dict[str, int] = field(default_factory=dict)
    rejects_path: Path | None = None

    @property
    def movies_written(self) -> int:
        """Movies that are new or changed."""
        return self.movies_inserted + self.movies_updated

    @property
    def ratings_unchanged(self) -> int:
        """Ratings that say what was stored already, or are older than it."""
        written = self.ratings_inserted + self.ratings_updated
        return self.ratings_read - self.ratings_rejected - written

    def as_table(self) -> str:
        """Lay the counts out for a terminal."""
        rows = [
            ("ratings read", self.ratings_read),
            ("  new", self.ratings_inserted),
            ("  changed", self.ratings_updated),
            ("  unchanged", self.ratings_unchanged),
            ("  rejected", self.ratings_rejected),
            *((f"    {kind}", count) for kind, count in self.rejects.items()),
            ("movies read", self.movies_read),
            ("  new", self.movies_inserted),
            ("  changed", self.movies_updated),
            *((f"  rejected {kind}", count) for kind, count in self.other_rejects.items()),
        ]
        width = max(len(label) for label, _ in rows)
        lines = [f"{label:<{width}}  {count:>13,}" for label, count in rows]
        lines.append(f"{self.source}: {self.seconds:.1f} s")
        if self.rejects_path:
            lines.append(f"rejected rows, with line numbers: {self.rejects_path}")
        return "\n".join(lines)
