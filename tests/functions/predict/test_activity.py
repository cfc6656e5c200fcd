"""What the service did lately."""

from datetime import UTC, datetime, timedelta

import pytest

from matinee.observability.environment import EnvironmentStart
from tests.functions.predict.conftest import Predict


def test_activity_counts_lists_by_strategy_and_the_part_of_fallbacks(predict: Predict) -> None:
    predict.activity.lists = [(0, "model"), (2, "model"), (2, "popular"), (2, "fallback_popular")]
    body = predict.get("/activity", hours=4, buckets=4).body
    assert body["total"] == {
        "lists": 4,
        "median_ms": 2.0,
        "p95_ms": 2.0,
        "strategies": {"model": 2, "popular": 1, "fallback_popular": 1},
        "fallback_share": 0.25,
    }
    assert [bucket["lists"] for bucket in body["buckets"]] == [1, 0, 3, 0]
    assert body["buckets"][2]["fallback_share"] == pytest.approx(1 / 3)


def test_activity_of_no_lists_has_no_durations_and_no_share(predict: Predict) -> None:
    (bucket,) = predict.get("/activity", buckets=1).body["buckets"]
    assert (bucket["lists"], bucket["strategies"]) == (0, {})
    assert (bucket["median_ms"], bucket["p95_ms"], bucket["fallback_share"]) == (None, None, None)


def test_activity_buckets_follow_one_another_through_the_window(predict: Predict) -> None:
    body = predict.get("/activity", hours=6, buckets=3).body
    starts = [datetime.fromisoformat(bucket["start"]) for bucket in body["buckets"]]
    assert starts[0] == datetime.fromisoformat(body["since"])
    assert starts[2] - starts[1] == timedelta(hours=2) == timedelta(seconds=body["bucket_seconds"])
    assert starts[2] + timedelta(hours=2) == datetime.fromisoformat(body["until"])


def test_activity_lists_environment_starts_newest_first(predict: Predict) -> None:
    now = datetime.now(UTC)
    for name, minutes in (("a", 90), ("b", 30)):
        started_at = now - timedelta(minutes=minutes)
        predict.activity.starts.append(EnvironmentStart(name, "train", started_at, 1.5))
    body = predict.get("/activity", hours=2, buckets=2).body
    assert [start["environment_id"] for start in body["environment_starts"]] == ["b", "a"]
    assert [bucket["environment_starts"] for bucket in body["buckets"]] == [1, 1]
    assert body["environment_starts"][0]["start_seconds"] == 1.5


def test_environment_notes_its_start_once(predict: Predict) -> None:
    for _ in range(3):
        predict.get("/health")
    (start,) = predict.activity.starts
    assert (start.function, len(start.environment_id)) == ("predict", 32)
    assert start.start_seconds > 0
    assert start.started_at < datetime.now(UTC)


def test_environment_notes_its_start_later_when_there_is_no_database_yet(predict: Predict) -> None:
    predict.database.is_down = True
    assert predict.post("/predict/", user_id=1).status == 200
    predict.database.is_down = False
    predict.post("/predict/", user_id=1)
    assert len(predict.activity.starts) == 1


@pytest.mark.parametrize("query", [{"hours": 0}, {"hours": 745}, {"buckets": 0}, {"buckets": 201}])
def test_activity_of_an_impossible_window_is_refused(
    predict: Predict, query: dict[str, int]
) -> None:
    assert predict.get("/activity", **query).status == 422
