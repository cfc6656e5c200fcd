"""The champion and the stores, built once for each execution environment."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.errors import ConfigurationError
from matinee.stores.activity import ActivityStore
from matinee.stores.answers import AnswerStore
from matinee.stores.database import Database
from matinee.stores.model_store import ModelStore
from matinee.stores.movies import MovieStore
from matinee.stores.rating_statistics import RatingStatistics
from matinee.stores.ratings import RatingStore
from matinee.stores.s3_reader import S3Reader
from predictor.champion import Champion
from predictor.metrics import ANSWERS_NOT_STORED
from predictor.questions import Opinions
from predictor.settings import PredictSettings


@dataclass(frozen=True, slots=True)
class Services:
    """The champion and the stores."""

    settings: PredictSettings
    champion: Champion
    database: Database
    ratings: RatingStore
    movies: MovieStore
    answers: AnswerStore
    statistics: RatingStatistics
    activity: ActivityStore
    opinions: Opinions


def build_services(settings: PredictSettings) -> Services:
    """Build everything; nothing connects before it is used."""
    reader = S3Reader(
        settings.model_bucket,
        region=settings.aws_region,
        endpoint_url=settings.aws_endpoint_url_s3,
        timeout_seconds=settings.model_store_timeout_seconds,
    )
    versions = ModelStore(
        reader,
        cache_folder=settings.model_cache_dir,
        inline_user_bytes=settings.user_arrays_inline_mb * 2**20,
    )
    database = Database(
        settings.database_url.get_secret_value(),
        timeout_seconds=settings.database_timeout_ms / 1000,
    )
    statistics = RatingStatistics(database)
    return Services(
        settings=settings,
        champion=Champion(versions, refresh_seconds=settings.model_refresh_seconds),
        database=database,
        ratings=RatingStore(database),
        movies=MovieStore(database),
        answers=AnswerStore(database, on_loss=ANSWERS_NOT_STORED.inc),
        statistics=statistics,
        activity=ActivityStore(database),
        opinions=Opinions(statistics),
    )


def begin_services() -> Services | None:
    """Build everything and begin to load the model; None where a setting is wrong.

    The first request then names the setting: an environment that cannot start says less.
    """
    try:
        services = build_services(PredictSettings.from_environment())
    except ConfigurationError:
        return None
    services.champion.load_ahead()
    return services
