"""The functions in Lambda's containers: from nothing to a list that a rating changes."""

import json
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psycopg2
import pytest

from containers import Compose, Settings
from embedded.http import answers
from embedded.ports import unused_ports
from tests.docker.emulators import emulator_settings
from tests.docker.notes import Notes
from tests.docker.sam_runs import (
    Sam,
    folder_mb,
    image_mb,
    kill_containers,
    running_containers,
    timed,
)
from tests.support.emulator import RunningEmulator
from tests.support.source import ROOT
from tests.support.waiting import wait_until

pytestmark = pytest.mark.docker

ADMIN = {"authorization": "Bearer local-admin-token"}
# Not the one of the example events, some of which change their user.
USER = {"user_id": 30, "n": 10}
REQUESTS = 20
LARGEST_ZIP_MB = 120


def test_schedule_event_trains_and_promotes(trained: dict[str, Any]) -> None:
    assert trained["status"] == "succeeded"
    assert trained["reason"] == "matinee.schedule"
    assert trained["promoted"] is True
    assert trained["mlflow_run_id"]


def test_invoked_predict_function_serves_that_model(
    built_sam: Sam, trained: dict[str, Any]
) -> None:
    reply = built_sam.invoke("PredictFunction", "predict")
    assert reply["statusCode"] == 200
    assert trained["model_version"] in reply["body"]
    direct = built_sam.invoke("PredictFunction", "predict-direct")
    assert direct["model_version"] == trained["model_version"]


def test_same_schedule_event_again_starts_nothing(built_sam: Sam, trained: dict[str, Any]) -> None:
    again = built_sam.invoke("TrainFunction", "schedule-train")
    assert again["run_id"] == trained["run_id"]


def test_api_answers_with_the_trained_model(sam_api: httpx.Client, trained: dict[str, Any]) -> None:
    answer = sam_api.post("/predict/", json=USER).raise_for_status().json()
    assert answer["strategy"] == "model"
    assert answer["model_version"] == trained["model_version"]
    assert len(answer["items"]) == 10


def test_posted_rating_changes_the_list(sam_api: httpx.Client) -> None:
    before = sam_api.post("/predict", json=USER).raise_for_status().json()
    favourite = before["items"][0]["movie_id"]
    rating = {"user_id": 30, "movie_id": favourite, "rating": 5}
    sam_api.post("/ratings", json=rating).raise_for_status()
    after = sam_api.post("/predict", json=USER).raise_for_status().json()
    assert after["strategy"] == "from_ratings"
    assert favourite not in [item["movie_id"] for item in after["items"]]


def test_training_over_http_goes_on_within_the_request(sam_api: httpx.Client) -> None:
    run = sam_api.post("/train/", json={}, headers=ADMIN).raise_for_status().json()
    assert run["mode"] == "inline"
    assert run["status"] == "succeeded"


def test_drift_schedule_event_makes_a_report_that_the_api_shows(
    built_sam: Sam, sam_api: httpx.Client, trained: dict[str, Any]
) -> None:
    report = built_sam.invoke("DriftFunction", "schedule-drift")
    assert (report["status"], report["mode"]) == ("succeeded", "inline")
    assert report["reason"] == "matinee.schedule"
    assert report["verdict"] in ("drift", "no_drift", "not_enough_data")
    again = built_sam.invoke("DriftFunction", "schedule-drift")
    assert (again["report_id"], again["mode"]) == (report["report_id"], "repeated")
    page = sam_api.get(f"/drift/reports/{report['report_id']}").raise_for_status()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert report["model_version"] in page.text


def test_drift_image_measures_what_arrived(
    built_sam: Sam, sam_api: httpx.Client, settings: Settings, trained: dict[str, Any]
) -> None:
    users = list(range(700_001, 700_021))
    sam_api.post("/predict/batch", json={"user_ids": users}).raise_for_status()
    ratings_arrive(settings, users)
    report = sam_api.post("/drift/", json={}, headers=ADMIN).raise_for_status().json()
    found = {measure["name"]: measure for measure in report["measures"]}
    assert report["verdict"] == "drift"
    assert found["rating"]["verdict"] == "drift"
    assert found["coverage"]["value"] > 0
    # `sam local` has no Invoke API through which a training could be started.
    assert report["training"]["requested"] is False
    page = sam_api.get(f"/drift/reports/{report['report_id']}").raise_for_status()
    assert "plotly" in page.text


def ratings_arrive(settings: Settings, users: list[int]) -> None:
    """Let users give thirty movies half a star each."""
    connection = psycopg2.connect(settings.host_environment["DATABASE_URL"], connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ratings (user_id, movie_id, rating, rated_at) "
                "SELECT u, m, 0.5, now() FROM unnest(%s) u, "
                "(SELECT movie_id AS m FROM movies ORDER BY movie_id LIMIT 30) movies",
                (users,),
            )
    finally:
        connection.close()


def test_training_whose_container_is_killed_is_noticed_by_the_next(
    built_sam: Sam, settings: Settings, trained: dict[str, Any], tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"event_id": "of a lost machine"}))
    before, served = running_containers(), built_sam.invoke("PredictFunction", "predict-direct")
    killed = built_sam.begin("TrainFunction", event)
    try:
        wait_until(lambda: lost_run(settings)["step"] == "fit ranker", seconds=120)
        kill_containers(running_containers() - before)
    finally:
        killed.kill()  # SAM itself waits on for an answer
        killed.wait()
    assert lost_run(settings)["status"] == "running"
    still = built_sam.invoke("PredictFunction", "predict-direct")
    assert still["model_version"] == served["model_version"]
    assert built_sam.invoke("TrainFunction", "train-direct")["status"] == "succeeded"
    assert lost_run(settings)["status"] == "failed"
    assert "ended without a result" in lost_run(settings)["error"]


def lost_run(settings: Settings) -> dict[str, Any]:
    """Return the row of the run whose container is killed; empty strings before there is one."""
    connection = psycopg2.connect(settings.host_environment["DATABASE_URL"], connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT status, step, error FROM training_runs WHERE event_id = 'of a lost machine'"
            )
            row = cursor.fetchone() or ("", "", "")
        return dict(zip(("status", "step", "error"), row, strict=True))
    finally:
        connection.close()


def test_data_and_model_survive_a_restart(
    compose: Compose, settings: Settings, sam_api: httpx.Client
) -> None:
    paths = ("/models", "/train/runs", "/users/30/ratings")
    before = [sam_api.get(path).raise_for_status().json() for path in paths]
    # The containers of functions hold on to the network: it stays, everything else goes.
    compose.call("stop")
    compose.call("rm", "--force")
    assert not answers(settings.port("MLFLOW"), "/health")
    compose.up()
    assert [sam_api.get(path).raise_for_status().json() for path in paths] == before


def test_answers_come_in_time_and_packages_are_measured(
    built_sam: Sam, settings: Settings, trained: object, notes: Notes, tmp_path: Path
) -> None:
    [port] = unused_ports(1)
    with built_sam.api(tmp_path / "sam.log", port, "--warm-containers", "LAZY") as url:
        note_times(notes, "sam local start-api", timed(url, USER, REQUESTS))
    with RunningEmulator(emulator_settings(settings, tmp_path)) as emulator:
        note_times(notes, "emulator", timed(emulator.http_url, USER, REQUESTS))
    predict = folder_mb(ROOT / ".aws-sam/build/PredictFunction")
    layer = folder_mb(ROOT / ".aws-sam/build/MatineeLayer")
    assert predict + layer < LARGEST_ZIP_MB
    notes.add(f"predict: {predict:.0f} MB unzipped, and {layer:.1f} MB of the layer")
    base = image_mb("public.ecr.aws/lambda/python:3.12")
    for function in ("train", "drift"):
        whole = image_mb(f"{function}function:{function}")
        notes.add(f"{function}: an image of {whole} MB, {base} MB of them its base")


def note_times(notes: Notes, name: str, taken_ms: list[float]) -> None:
    """Note the time of the first request, which starts an environment, and of the others."""
    first, *others = taken_ms
    warm = median(others)
    notes.add(f"POST /predict, {name}: first {first:.0f} ms, then {warm:.1f} ms (median)")
    assert warm < 1000
