"""What only the first run does: import ratings, and train a model on them."""

from __future__ import annotations

import psycopg2

from matinee.settings import MetricsSettings
from matinee_cli.api_client import ApiClient
from matinee_cli.servers import BackingServices

PACKAGED_RATINGS = "packaged"


def import_ratings_once(services: BackingServices) -> None:
    """Import the packaged ratings unless there are ratings already."""
    database_url = services.environment["DATABASE_URL"]
    if _has_ratings(database_url):
        return
    # Pulls in pandas' relatives, which later starts can do without.
    from dataset_import import run_import

    print("Importing the packaged MovieLens ratings ...", flush=True)
    rejects = services.folder.path / "rejects" / f"{PACKAGED_RATINGS}.csv"
    run_import(
        PACKAGED_RATINGS,
        database_url=database_url,
        rejects_path=rejects,
        metrics=MetricsSettings.from_environment(services.environment),
    )


def train_first_model(api: ApiClient) -> None:
    """Train a model and report its steps."""
    print("Training the first model ...", flush=True)
    run = api.train(on_step=lambda step: print(f"  {step}", flush=True))
    print(f"  done: {run['model_version']}", flush=True)


def _has_ratings(database_url: str) -> bool:
    connection = psycopg2.connect(database_url, connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM ratings)")
            row = cursor.fetchone()
            return bool(row and row[0])
    finally:
        connection.close()
