"""Stage import: all movies and ratings as they are at one moment."""

from __future__ import annotations

import os

from dvc_stages.files import SNAPSHOT
from dvc_stages.packaged_snapshot import packaged_snapshot
from dvc_stages.parameters import Parameters
from dvc_stages.snapshot_files import write_snapshot
from matinee.stores.snapshot import take_snapshot


def run(_parameters: Parameters) -> None:
    """Take a snapshot of PostgreSQL where DATABASE_URL names one, else of the packaged ratings."""
    database_url = os.environ.get("DATABASE_URL")
    if database_url:
        source, snapshot = "postgresql", take_snapshot(database_url)
    else:
        source, snapshot = "packaged", packaged_snapshot()
    write_snapshot(snapshot, SNAPSHOT, source=source)
    print(
        f"{source}: {len(snapshot.histories):,} ratings of {snapshot.n_items:,} movies by "
        f"{len(snapshot.user_ids):,} users, as of {snapshot.taken_at.isoformat()}"
    )
