"""A newer champion is picked up without a failed request; a bad one changes nothing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matinee.errors import ArtifactStoreUnavailableError
from tests.functions.predict.conftest import REFRESH_SECONDS, Predict
from tests.support.models import build_arrays, build_version, pointer_to


def version_serving(predict: Predict) -> str:
    reply = predict.post("/predict/", user_id=1)
    assert reply.status == 200
    version: str = reply.body["model_version"]
    return version


def promote(predict: Predict, version: str) -> None:
    predict.versions.pointer = build_version(predict.versions.folder, version)


def test_champion_newer_is_served_after_the_refresh_time_and_not_before(predict: Predict) -> None:
    assert version_serving(predict) == "v1"
    promote(predict, "v2")
    predict.clock.now += REFRESH_SECONDS - 1
    assert version_serving(predict) == "v1"
    predict.clock.now += 1
    assert version_serving(predict) == "v2"
    assert predict.get("/model").body["version"] == "v2"


def test_champion_is_looked_for_once_in_the_refresh_time(predict: Predict) -> None:
    for _ in range(3):
        version_serving(predict)
    assert predict.versions.n_looks == 1


def test_champion_and_its_predecessor_are_kept_on_disk(predict: Predict) -> None:
    version_serving(predict)
    promote(predict, "v2")
    predict.clock.now += REFRESH_SECONDS
    version_serving(predict)
    assert predict.versions.kept == {"v1", "v2"}


def test_champion_rolled_back_is_served_again(predict: Predict) -> None:
    version_serving(predict)
    first = predict.versions.pointer
    promote(predict, "v2")
    predict.clock.now += REFRESH_SECONDS
    version_serving(predict)
    predict.versions.pointer = first
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v1"


def flip_a_bit(folder: Path) -> None:
    path = folder / "ranker_weights.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def truncate(folder: Path) -> None:
    path = folder / "item_ids.npy"
    path.write_bytes(path.read_bytes()[:-8])


def remove_an_array(folder: Path) -> None:
    (folder / "item_years.npy").unlink()


def remove_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def write_a_newer_schema(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 2'))


def write_garbage(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"\x80\x04garbage")


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (flip_a_bit, "model_damaged"),
        (truncate, "model_damaged"),
        (remove_an_array, "model_damaged"),
        (remove_the_manifest, "model_damaged"),
        (write_a_newer_schema, "model_too_new"),
        (write_garbage, "model_damaged"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_champion_that_is_bad_leaves_the_last_good_one_serving_and_is_counted(
    predict: Predict, damage: Callable[[Path], None], cause: str
) -> None:
    assert version_serving(predict) == "v1"
    failures = predict.metric("matinee_model_failures_total", cause=cause)
    promote(predict, "v2")
    damage(predict.versions.folder / "v2")
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v1"
    assert version_serving(predict) == "v1"
    assert predict.metric("matinee_model_failures_total", cause=cause) == failures + 1
    assert predict.get("/ready").status == 200


def test_champion_whose_arrays_do_not_fit_together_leaves_the_last_good_one_serving(
    predict: Predict,
) -> None:
    assert version_serving(predict) == "v1"
    arrays, _ = build_arrays()
    arrays["ranker_weights"] = np.ones((3, 2), np.float32)
    predict.versions.pointer = build_version(predict.versions.folder, "v2", arrays=arrays)
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v1"


def test_champion_stays_while_the_bucket_is_down(predict: Predict) -> None:
    assert version_serving(predict) == "v1"
    failures = predict.metric("matinee_model_failures_total", cause="artifact_store_unavailable")
    stale = predict.metric("matinee_fallbacks_total", cause="model_not_refreshed")
    predict.versions.problem = ArtifactStoreUnavailableError("S3 does not answer")
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v1"
    assert (
        predict.metric("matinee_model_failures_total", cause="artifact_store_unavailable")
        == failures + 1
    )
    assert predict.metric("matinee_fallbacks_total", cause="model_not_refreshed") == stale + 1


def test_champion_that_the_disk_cannot_take_leaves_the_last_good_one_serving(
    predict: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert version_serving(predict) == "v1"

    def load(pointer: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(predict.versions, "load", load)
    promote(predict, "v2")
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v1"


def test_champion_repaired_is_served_at_the_next_look(predict: Predict) -> None:
    version_serving(predict)
    promote(predict, "v2")
    folder = predict.versions.folder
    whole = (folder / "v2" / "manifest.json").read_bytes()
    write_garbage(folder / "v2")
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v1"
    (folder / "v2" / "manifest.json").write_bytes(whole)
    predict.versions.pointer = pointer_to(folder, "v2")
    predict.clock.now += REFRESH_SECONDS
    assert version_serving(predict) == "v2"
