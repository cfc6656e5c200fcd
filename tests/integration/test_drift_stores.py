"""What drift reads from and keeps in a real PostgreSQL and a real S3."""

from __future__ import annotations

import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import boto3
import psycopg2
import pytest
from psycopg2.extras import Json

from embedded.s3 import S3
from matinee.domain.ratings import Rating
from matinee.domain.runs import RunStatus
from matinee.errors import ArtifactStoreUnavailableError, NotFoundError
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores import arrivals
from matinee.stores.arrivals import read_arrivals
from matinee.stores.database import Database
from matinee.stores.drift_reports import DriftReport, DriftReportStore, drift_lock
from matinee.stores.model_publisher import s3_client
from matinee.stores.ratings import RatingStore
from matinee.stores.report_files import HTML, JSON, ReportFiles
from matinee.stores.training_runs import training_lock
from tests.support.drift_runs import OUTCOME

pytestmark = pytest.mark.integration

SINCE = datetime(2024, 1, 1, tzinfo=UTC)
UNTIL = datetime(2024, 2, 1, tzinfo=UTC)
INSIDE = datetime(2024, 1, 15, tzinfo=UTC)


def write(url: str, statement: str, rows: Sequence[Sequence[object]] = ((),)) -> None:
    connection = psycopg2.connect(url, connect_timeout=5)
    with connection, connection.cursor() as cursor:
        cursor.executemany(statement, rows)
    connection.close()


@pytest.fixture
def ratings_url(database_url: str) -> str:
    """Three movies, the last without year and genres."""
    write(
        database_url,
        "INSERT INTO movies (movie_id, title, year, genres) VALUES (%s, 'A movie', %s, %s)",
        [(5, 1979, ["Horror", "Sci-Fi"]), (7, 1988, ["Comedy"]), (9, None, [])],
    )
    return database_url


def rate(url: str, *rows: tuple[int, int, float, datetime | None, datetime]) -> None:
    write(
        url,
        "INSERT INTO ratings (user_id, movie_id, rating, rated_at, stored_at) "
        "VALUES (%s, %s, %s, %s, %s)",
        rows,
    )


def log(url: str, user_id: int | None, answered_at: datetime, **filters: Any) -> None:
    write(
        url,
        "INSERT INTO recommendation_logs (request_id, user_id, strategy, model_version, "
        "movie_ids, scores, predicted_ratings, filters, duration_ms, answered_at) "
        "VALUES (%s, %s, 'popular', 'v1', '{5,7}', '{1,0.5}', '{4,3}', %s, 1.5, %s)",
        [(str(uuid.uuid4()), user_id, Json(filters), answered_at)],
    )


def test_window_holds_what_arrived_from_its_beginning_until_just_before_its_end(
    ratings_url: str,
) -> None:
    moment = timedelta(microseconds=1)
    rate(
        ratings_url,
        (1, 5, 1.0, None, SINCE - moment),
        (2, 5, 2.0, None, SINCE),
        (3, 5, 3.0, None, UNTIL - moment),
        (4, 5, 4.0, None, UNTIL),
    )
    for at in (SINCE - moment, SINCE, UNTIL - moment, UNTIL):
        log(ratings_url, at.month * 100 + at.day, at)
    found = read_arrivals(ratings_url, since=SINCE, until=UNTIL)
    assert found.ratings.user_ids.tolist() == [3, 2]
    assert [one.user_id for one in found.lists] == [101, 131]


def test_ratings_from_long_ago_that_arrive_now_keep_their_own_times(ratings_url: str) -> None:
    rate(
        ratings_url,
        (1, 5, 4.5, datetime(1999, 12, 31, 23, 59, 59, 900_000, UTC), INSIDE),
        (1, 9, 0.5, None, INSIDE + timedelta(seconds=1.5)),
    )
    found = read_arrivals(ratings_url, since=SINCE, until=UNTIL).ratings
    assert found.movie_ids.tolist() == [9, 5]
    assert found.ratings.tolist() == [0.5, 4.5]
    assert found.times.tolist() == [UNKNOWN_TIME, 946_684_799]
    assert found.arrived.tolist() == [INSIDE.timestamp() + 1.5, INSIDE.timestamp()]


def test_rated_movies_come_with_year_and_genres_where_these_are_known(ratings_url: str) -> None:
    rate(ratings_url, (1, 5, 4.0, None, INSIDE), (1, 9, 4.0, None, INSIDE))
    found = read_arrivals(ratings_url, since=SINCE, until=UNTIL)
    assert found.movies.years == {5: 1979, 9: 0}
    assert found.movies.genres == {5: ["Horror", "Sci-Fi"], 9: []}
    assert found.movies.years_of(found.ratings.movie_ids).tolist() == [1979, 0]


def test_rating_that_was_changed_arrives_again_and_only_then(ratings_url: str) -> None:
    rate(ratings_url, (1, 5, 4.0, SINCE, INSIDE), (2, 5, 4.0, SINCE, INSIDE))
    database = Database(ratings_url, timeout_seconds=5)
    RatingStore(database).save(Rating(1, 5, 2.0, INSIDE))
    database.close()
    lately = datetime.now(UTC) - timedelta(hours=1)
    found = read_arrivals(ratings_url, since=lately, until=lately + timedelta(hours=2)).ratings
    assert (found.user_ids.tolist(), found.ratings.tolist()) == ([1], [2.0])
    before = read_arrivals(ratings_url, since=SINCE, until=UNTIL).ratings
    assert before.user_ids.tolist() == [2]


def test_lists_come_oldest_first_with_what_was_asked_for_and_only_those_of_users(
    ratings_url: str,
) -> None:
    log(ratings_url, 2, INSIDE + timedelta(days=1))
    log(ratings_url, 1, INSIDE, genres=["Horror"], n=2)
    log(ratings_url, None, INSIDE)
    first, second = read_arrivals(ratings_url, since=SINCE, until=UNTIL).lists
    assert (first.user_id, first.strategy, first.movie_ids) == (1, "popular", [5, 7])
    assert first.model_version == "v1"
    assert first.filters == {"genres": ["Horror"], "n": 2}
    assert first.sent == INSIDE.timestamp()
    assert (second.user_id, second.filters) == (2, {})


def test_empty_window_is_empty(ratings_url: str) -> None:
    found = read_arrivals(ratings_url, since=SINCE, until=UNTIL)
    assert (len(found.ratings.ratings), found.lists, found.movies.years) == (0, [], {})


def test_window_with_too_much_in_it_keeps_the_newest(
    ratings_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "MOST_RATINGS", 2)
    monkeypatch.setattr(arrivals, "MOST_LISTS", 1)
    for user in (1, 2, 3):
        at = INSIDE + timedelta(days=user)
        rate(ratings_url, (user, 5, 4.0, None, at))
        log(ratings_url, user, at)
    found = read_arrivals(ratings_url, since=SINCE, until=UNTIL)
    assert found.ratings.user_ids.tolist() == [3, 2]
    assert [one.user_id for one in found.lists] == [3]


@pytest.fixture
def store(database_url: str) -> Iterator[DriftReportStore]:
    database = Database(database_url, timeout_seconds=5)
    yield DriftReportStore(database)
    database.close()


def request(store: DriftReportStore, **changes: Any) -> DriftReport:
    return store.request({}, **{"event_id": None, "reason": None} | changes)[0]


def age(url: str, report: DriftReport, days: float, column: str = "requested_at") -> None:
    """Let a moment of a report be longer ago."""
    write(
        url,
        f"UPDATE drift_reports SET {column} = {column} - %s * interval '1 day' WHERE run_id = %s",
        [(days, str(report.run_id))],
    )


def test_report_is_read_as_it_was_stored(store: DriftReportStore) -> None:
    asked, is_new = store.request({"since": "2024-01-01"}, event_id="e1", reason="a test")
    assert (asked.status, asked.reason, is_new) == (RunStatus.QUEUED, "a test", True)
    assert store.request({}, event_id="e1", reason=None) == (asked, False)
    store.start(asked.run_id)
    assert store.running() == store.get(asked.run_id)
    store.succeed(asked.run_id, OUTCOME)
    report = store.get(asked.run_id)
    assert report is not None
    assert report.parameters == {"since": "2024-01-01"}
    assert (report.status, report.event_id) == (RunStatus.SUCCEEDED, "e1")
    for name in type(OUTCOME).__slots__:
        assert getattr(report, name) == getattr(OUTCOME, name)
    assert report.started_at and report.finished_at
    assert report.started_at <= report.finished_at


def test_report_that_failed_or_was_refused_says_why(store: DriftReportStore) -> None:
    failed, refused = request(store), request(store)
    store.start(failed.run_id)
    store.fail(failed.run_id, "S3 does not answer")
    store.refuse(refused.run_id, "another drift is under way")
    found = {report.status: report.error for report in store.latest(limit=5)}
    assert found == {
        RunStatus.FAILED: "S3 does not answer",
        RunStatus.REFUSED: "another drift is under way",
    }


def test_finished_reports_are_those_with_a_verdict_newest_first(
    store: DriftReportStore, database_url: str
) -> None:
    reports = [request(store) for _ in range(4)]
    for days, report in enumerate(reports):
        age(database_url, report, days)
    for report in reports[:3]:
        store.succeed(report.run_id, OUTCOME)
    ids = [report.run_id for report in reports]
    assert [report.run_id for report in store.finished(limit=9)] == ids[:3]
    assert [report.run_id for report in store.finished(limit=2)] == ids[:2]
    second = store.get(ids[1])
    assert second is not None
    until = store.finished(limit=9, until=second.requested_at)
    assert [report.run_id for report in until] == ids[1:3]


def test_reports_are_counted_by_verdict(store: DriftReportStore) -> None:
    assert store.count_by_verdict() == {}
    for verdict in ("drift", "drift", "no_drift"):
        store.succeed(request(store).run_id, replace(OUTCOME, verdict=verdict))
    request(store)
    assert store.count_by_verdict() == {"drift": 2, "no_drift": 1}


def test_training_is_claimed_once_a_period_and_again_by_the_report_that_has_it(
    store: DriftReportStore, database_url: str
) -> None:
    first, second = request(store), request(store)
    assert store.claim_training(first.run_id, period_hours=24)
    assert store.claim_training(first.run_id, period_hours=24)
    assert not store.claim_training(second.run_id, period_hours=24)
    age(database_url, first, 1.01, "training_requested_at")
    assert store.claim_training(second.run_id, period_hours=24)
    assert not store.claim_training(first.run_id, period_hours=24)


def test_training_without_a_period_is_claimed_by_every_report(store: DriftReportStore) -> None:
    for _ in range(2):
        assert store.claim_training(request(store).run_id, period_hours=0)


def test_claim_that_is_released_is_free_for_the_next(store: DriftReportStore) -> None:
    first, second = request(store), request(store)
    store.claim_training(first.run_id, period_hours=24)
    store.release_training(first.run_id)
    assert store.claim_training(second.run_id, period_hours=24)


def test_old_reports_are_those_that_ended_and_go_when_told_to(
    store: DriftReportStore, database_url: str
) -> None:
    succeeded, failed, queued, running, young = (request(store) for _ in range(5))
    store.start(running.run_id)
    store.succeed(succeeded.run_id, OUTCOME)
    store.fail(failed.run_id, "no")
    store.succeed(young.run_id, OUTCOME)
    for days, report in ((92, succeeded), (91, failed), (91, queued), (91, running), (89, young)):
        age(database_url, report, days)
    assert store.older_than(90) == [succeeded.run_id, failed.run_id]
    assert store.older_than(90, limit=1) == [succeeded.run_id]
    store.delete([succeeded.run_id, failed.run_id])
    store.delete([])
    assert {report.run_id for report in store.latest(limit=9)} == {
        queued.run_id,
        running.run_id,
        young.run_id,
    }


def test_drift_lock_has_one_holder_and_is_not_the_trainings(database_url: str) -> None:
    with drift_lock(database_url) as first:
        assert first is not None
        first.check()
        with drift_lock(database_url) as second:
            assert second is None
        with training_lock(database_url) as other:
            assert other is not None


@pytest.fixture
def files(bucket: str, s3_environment: dict[str, str], s3_server: S3) -> ReportFiles:
    client = s3_client(
        region="us-east-1", endpoint_url=s3_server.environment["AWS_ENDPOINT_URL_S3"]
    )
    return ReportFiles(client, bucket)


PAGE = "<html><body>É: 100 % \N{SNOWMAN}</body></html>"


def test_files_of_a_report_are_read_as_they_were_saved(files: ReportFiles, bucket: str) -> None:
    report_id = uuid.uuid4()
    files.save(report_id, {HTML: PAGE, JSON: "{}"})
    assert (files.read(report_id, HTML), files.read(report_id, JSON)) == (PAGE, "{}")
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in listed] == [
        f"reports/{report_id}/report.html",
        f"reports/{report_id}/report.json",
    ]


def test_link_shows_anybody_the_page_as_a_page(files: ReportFiles) -> None:
    report_id = uuid.uuid4()
    files.save(report_id, {HTML: PAGE})
    with urllib.request.urlopen(files.link(report_id, HTML), timeout=5) as reply:
        assert reply.read().decode() == PAGE
        assert reply.headers["content-type"] == "text/html; charset=utf-8"


def test_link_for_another_address_of_the_server_works_there_and_only_there(
    bucket: str, s3_environment: dict[str, str], s3_server: S3
) -> None:
    own = s3_server.environment["AWS_ENDPOINT_URL_S3"]
    other = own.replace("127.0.0.1", "localhost")
    assert other != own
    client, link_client = (
        s3_client(region="us-east-1", endpoint_url=address) for address in (own, other)
    )
    files, report_id = ReportFiles(client, bucket, link_client=link_client), uuid.uuid4()
    files.save(report_id, {HTML: PAGE})
    link = files.link(report_id, HTML)
    with urllib.request.urlopen(link, timeout=5) as reply:
        assert reply.read().decode() == PAGE
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(link.replace(other, own), timeout=5)
    caught.value.close()
    assert caught.value.code == 403


def test_link_is_good_for_one_file_only(files: ReportFiles) -> None:
    report_id = uuid.uuid4()
    files.save(report_id, {HTML: PAGE, JSON: "{}"})
    link = files.link(report_id, HTML).replace(HTML, JSON)
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(link, timeout=5)
    caught.value.close()
    assert caught.value.code == 403


def test_files_that_were_deleted_are_not_found_and_may_be_deleted_again(
    files: ReportFiles,
) -> None:
    report_id = uuid.uuid4()
    files.save(report_id, {HTML: PAGE})
    for _ in range(2):
        files.delete(report_id)
    with pytest.raises(NotFoundError, match=str(report_id)):
        files.read(report_id, HTML)


def test_bucket_that_is_not_there_is_named(s3_environment: dict[str, str], s3_server: S3) -> None:
    files = ReportFiles(boto3.client("s3", region_name="us-east-1"), "no-such-bucket")
    for call in (
        lambda: files.save(uuid.uuid4(), {HTML: PAGE}),
        lambda: files.read(uuid.uuid4(), HTML),
        lambda: files.delete(uuid.uuid4()),
    ):
        with pytest.raises(ArtifactStoreUnavailableError, match="no-such-bucket"):
            call()
