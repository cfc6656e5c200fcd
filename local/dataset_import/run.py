"""An import from beginning to end."""

from __future__ import annotations

import re
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from dataset_import.checks import check_ratings
from dataset_import.errors import DatasetImportError, SourceError, TooManyRejectsError
from dataset_import.metrics import push_import_metrics
from dataset_import.progress import Progress
from dataset_import.source import Source
from dataset_import.sources import SourceOptions, open_source
from dataset_import.summary import ImportSummary
from matinee.settings import MetricsSettings
from matinee.stores.bulk_load import BulkLoad, ImportRecord, RowCounts, bulk_load
from matinee.stores.schema import migrate

REJECTS_FOLDER = Path(".matinee/rejects")
DEFAULT_MAX_REJECT_SHARE = 0.01


def run_import(
    source: str | Path,
    *,
    database_url: str,
    max_reject_share: float = DEFAULT_MAX_REJECT_SHARE,
    rejects_path: Path | None = None,
    progress: bool = True,
    options: SourceOptions | None = None,
    metrics: MetricsSettings | None = None,
) -> ImportSummary:
    """Load movies and ratings into PostgreSQL: all that is good of a source, or nothing.

    `source` is ``"packaged"``, a MovieLens folder or zip, a CSV or Parquet file, or the name of a
    data set to download. The tables are brought up to date first. Rejected rows go to
    `rejects_path`, by default in ``.matinee/rejects``. Where more than `max_reject_share` of the
    ratings, movies or links are bad, TooManyRejectsError is raised and nothing is imported.
    `metrics` says where the totals of all imports are pushed to afterwards.
    """
    shown = Progress(enabled=progress)
    try:
        with open_source(source, options or SourceOptions(), shown.download) as opened:
            if opened.notice:
                shown.say(opened.notice)
            summary = import_source(
                opened,
                database_url=database_url,
                max_reject_share=max_reject_share,
                rejects_path=rejects_path,
                progress=shown,
            )
    except OSError as exc:
        raise DatasetImportError(f"nothing was imported: {exc}") from exc
    if metrics is not None:
        push_import_metrics(metrics, database_url)
    return summary


def import_source(
    source: Source,
    *,
    database_url: str,
    max_reject_share: float = DEFAULT_MAX_REJECT_SHARE,
    rejects_path: Path | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Load a source that is open already; see `run_import`."""
    begun = time.monotonic()
    path = rejects_path or REJECTS_FOLDER / _file_name(source.name)
    migrate(database_url)
    with bulk_load(database_url) as load:
        return _import(source, load, max_reject_share, path, progress or Progress(), begun)


def _import(
    source: Source,
    load: BulkLoad,
    max_reject_share: float,
    rejects_path: Path,
    progress: Progress,
    begun: float,
) -> ImportSummary:
    started_at = datetime.now(UTC)
    _stage(source, load, progress)
    progress.say("checking against the catalogue")
    movies = load.store_movies(with_rated=source.movies is None)
    load.refuse_ratings()
    counts = load.count_rows()
    rejected_to = _export_rejects(load, counts, rejects_path)
    _require_few_rejects(source.name, counts, max_reject_share, rejected_to)
    progress.say("storing")
    stored = load.store_ratings()
    summary = ImportSummary(
        import_id=uuid.uuid4(),
        source=source.name,
        seconds=time.monotonic() - begun,
        movies_read=counts["movies"].read if source.movies else 0,
        movies_inserted=movies.inserted,
        movies_updated=movies.updated,
        ratings_read=counts["ratings"].read,
        ratings_inserted=stored.inserted,
        ratings_updated=stored.updated,
        ratings_rejected=counts["ratings"].rejected,
        rejects=counts["ratings"].rejects,
        other_rejects=_other_rejects(counts),
        rejects_path=rejected_to,
    )
    if others := load.other_sources(source.name):
        progress.say(
            f"note: this database also holds ratings of {', '.join(others)}; a user id and a movie "
            "id must mean the same in all of them"
        )
    load.record(_record(summary, started_at))
    return summary


def _stage(source: Source, load: BulkLoad, progress: Progress) -> None:
    if source.movies:
        with source.movies() as movies:
            load.stage_movies(progress.track(movies))
    if source.links:
        with source.links() as links:
            load.stage_links(progress.track(links))
    with source.ratings() as ratings:
        load.stage_ratings(check_ratings(progress.track(ratings)))


def _export_rejects(load: BulkLoad, counts: dict[str, RowCounts], path: Path) -> Path | None:
    """Write the rejects file; without rejects, one left by an earlier import is emptied."""
    has_rejects = any(count.rejected for count in counts.values())
    if has_rejects or path.exists():
        load.export_rejects(path)
    return path if has_rejects else None


def _require_few_rejects(
    name: str, counts: dict[str, RowCounts], max_share: float, rejects_path: Path | None
) -> None:
    if counts["ratings"].read == 0:
        raise SourceError(f"{name} holds no ratings; nothing was imported")
    for what, count in counts.items():
        if count.rejected > max_share * count.read:
            kinds = ", ".join(f"{kind} {number:,}" for kind, number in count.rejects.items())
            raise TooManyRejectsError(
                f"nothing was imported: {count.rejected:,} of {count.read:,} {what} in {name} are "
                f"bad ({kinds}), more than the allowed {max_share:.2%}; see {rejects_path}, then "
                "mend the file or raise --max-reject-share"
            )


def _other_rejects(counts: dict[str, RowCounts]) -> dict[str, int]:
    return {
        f"{what}: {kind}": number
        for what in ("movies", "links")
        for kind, number in counts[what].rejects.items()
    }


def _record(summary: ImportSummary, started_at: datetime) -> ImportRecord:
    return ImportRecord(
        import_id=summary.import_id,
        source=summary.source,
        started_at=started_at,
        movies_read=summary.movies_read,
        movies_written=summary.movies_written,
        ratings_read=summary.ratings_read,
        ratings_inserted=summary.ratings_inserted,
        ratings_updated=summary.ratings_updated,
        ratings_unchanged=summary.ratings_unchanged,
        ratings_rejected=summary.ratings_rejected,
        rejects=summary.rejects | summary.other_rejects,
    )


def _file_name(name: str) -> str:
    safe = re.sub(r"[^\w.-]+", "_", name).strip("._") or "rejects"
    return f"{safe.removesuffix('.csv')}.csv"
