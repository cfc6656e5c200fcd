"""The stages of dvc.yaml under DVC itself, in a copy of the project, on a few hundred ratings."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pyarrow.parquet as pq
import pytest
import yaml
from mlflow.tracking import MlflowClient

from dataset_import import run_import
from dvc_stages.packaged_snapshot import packaged_snapshot
from embedded.postgres import Postgres
from matinee.artifacts.codec import write_manifest
from matinee.artifacts.manifest import MANIFEST_NAME, ArtifactManifest
from matinee.stores.snapshot import take_snapshot
from matinee_cli.main import main
from tests.integration.conftest import RunningServices, fresh_database
from tests.support.small_ratings import N_USERS, store_ratings
from tests.support.source import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]

STAGES = ["import", "train", "evaluate", "predict"]
USED = (
    *(".dvc", ".dvcignore", ".gitignore", "dvc.yaml", "params.yaml", "requirements/train.txt"),
    *("functions/predict", "functions/train", "layers", "local"),
    *("data/.gitignore", "models/.gitignore"),
    *(f"reports/{name}" for name in (".gitignore", "evaluation.json", "training.json")),
)
OF_THE_ORIGINAL_ALONE = shutil.ignore_patterns("__pycache__", "cache", "tmp", "config.local")

CALL_PREDICT = """
import json, sys
from predictor.app import handler
from tests.support.events import InvocationContext, http_event
body = json.dumps({"user_id": int(sys.argv[1]), "n": int(sys.argv[2])})
print(handler(http_event("POST", "/predict/", body=body), InvocationContext())["body"])
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project under git, where every stage has run once and that is committed."""

    folder: Path
    environment: dict[str, str]

    def call(self, *command: str) -> str:
        """Run a program there and return what it says."""
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stdout
        return run.stdout

    def dvc(self, *arguments: str) -> str:
        return self.call(sys.executable, "-m", "dvc", *arguments)

    def commit(self) -> None:
        self.call("git", "add", "--all")
        self.call("git", "commit", "--quiet", "--message", "as it is")

    def return_to_the_commit(self) -> None:
        self.call("git", "checkout", "--quiet", "--", ".")
        self.dvc("checkout", "--quiet")


def stages_run(output: str) -> list[str]:
    return re.findall(r"^Running stage '(\w+)'", output, re.MULTILINE)


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that stages wrote."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("data", "models", "reports")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def dvc_database_url(postgres_server: Postgres, migrated_template: str) -> Iterator[str]:
    with fresh_database(postgres_server, template=migrated_template) as url:
        store_ratings(url)
        yield url


@pytest.fixture(scope="module")
def fresh_project(
    tmp_path_factory: pytest.TempPathFactory, dvc_database_url: str, services: RunningServices
) -> Project:
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("project")
    for name in USED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=OF_THE_ORIGINAL_ALONE)
        else:
            shutil.copy(ROOT / name, folder / name)
    who = {"NAME": "somebody", "EMAIL": "somebody@example.com"}
    project = Project(
        folder,
        {
            **services.environment,
            "DATABASE_URL": dvc_database_url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),  # no settings of this machine's user, for git and for DVC
            "DVC_SITE_CACHE_DIR": str(home / "site-cache"),
            **{f"GIT_{role}_{key}": who[key] for role in ("AUTHOR", "COMMITTER") for key in who},
        },
    )
    write_small_parameters(folder / "params.yaml")
    project.call("git", "init", "--quiet")
    project.commit()
    return project


def write_small_parameters(path: Path) -> None:
    parameters = yaml.safe_load(path.read_text())
    parameters["train"]["rater"] |= {"n_factors": 4, "n_epochs": 5}
    path.write_text(yaml.safe_dump(parameters))


@pytest.fixture(scope="module")
def first_run(fresh_project: Project) -> str:
    """What the first `dvc repro` said."""
    output = fresh_project.dvc("repro")
    fresh_project.commit()
    return output


@pytest.fixture
def project(fresh_project: Project, first_run: str) -> Iterator[Project]:
    yield fresh_project
    fresh_project.return_to_the_commit()


def test_first_repro_runs_every_stage_and_git_sees_the_lock_and_the_metrics(
    project: Project, first_run: str
) -> None:
    assert stages_run(first_run) == STAGES
    committed = project.call("git", "show", "--format=", "--name-only", "HEAD").split()
    assert committed == ["dvc.lock", "reports/evaluation.json", "reports/training.json"]
    facts = json.loads((project.folder / "data/snapshot.json").read_text())
    assert (facts["source"], facts["n_ratings"]) == ("postgresql", N_USERS * 12)


def test_packaged_snapshot_is_what_postgresql_gives_after_importing_it(
    database_url: str, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    run_import("packaged", database_url=database_url, rejects_path=rejects, progress=False)
    assert packaged_snapshot().fingerprint == take_snapshot(database_url).fingerprint


def test_second_repro_does_nothing(project: Project) -> None:
    output = project.dvc("repro")
    assert stages_run(output) == []
    assert "Data and pipelines are up to date" in output


@pytest.mark.parametrize(
    ("change", "rerun"),
    [
        ("train.rater.n_factors=50", ["train", "evaluate", "predict"]),
        ("evaluate.history_lengths=[0,10]", ["evaluate"]),
        ("predict.n=3", ["predict"]),
    ],
    ids=["train", "evaluate", "predict"],
)
def test_experiment_with_one_parameter_reruns_only_what_depends_on_it(
    project: Project, change: str, rerun: list[str]
) -> None:
    assert stages_run(project.dvc("exp", "run", "--set-param", change)) == rerun


def test_metrics_and_parameters_of_an_experiment_are_compared_with_the_commit(
    project: Project,
) -> None:
    project.dvc("exp", "run", "--set-param", "train.rater.n_epochs=9")
    metrics = json.loads(project.dvc("metrics", "diff", "--json"))
    error = metrics["reports/training.json"]["rater.rmse"]
    assert error["old"] != error["new"]
    parameters = json.loads(project.dvc("params", "diff", "--json"))
    changed = parameters["params.yaml"]["train.rater.n_epochs"]
    assert (changed["old"], changed["new"]) == (5, 9)


def test_repro_by_force_gives_the_same_bytes(project: Project) -> None:
    before = checksums(project.folder)
    assert {"models/artifact/manifest.json", "models/best_svd_model.pkl"} <= before.keys()
    # The snapshot has a date, so another one is another snapshot.
    output = project.dvc("repro", "--force", "--single-item", "train", "evaluate", "predict")
    assert stages_run(output) == STAGES[1:]
    assert checksums(project.folder) == before


def test_plots_show_draws_every_plot(project: Project) -> None:
    shown = json.loads(project.dvc("plots", "show", "--json"))
    drawn = {name: plot for name, (plot,) in shown["data"].items()}
    assert drawn.keys() == {
        "error by rating",
        "NDCG@10 by length of history",
        "coverage by method",
    }
    content = drawn["coverage by method"]["content"]
    assert {row["method"] for row in content["data"]["values"]} >= {"ranker", "popularity"}
    assert "scale" not in content["encoding"]["x"]  # bars begin at zero
    project.dvc("plots", "show")
    assert (project.folder / "dvc_plots/index.html").stat().st_size > 0


def test_pushed_outputs_come_back_by_pull(project: Project, bucket: str) -> None:
    for option, value in (
        ("url", f"s3://{bucket}/dvc"),
        ("endpointurl", project.environment["AWS_ENDPOINT_URL_S3"]),
    ):
        project.dvc("remote", "modify", "--local", "embedded", option, value)
    before = checksums(project.folder)
    project.dvc("push")
    for lost in (".dvc/cache", "models/artifact", "data/ratings.parquet"):
        path = project.folder / lost
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    project.dvc("pull")
    assert checksums(project.folder) == before


def test_list_of_every_user_is_in_the_recommendations(project: Project) -> None:
    rows = recommendations(project)
    assert {row["user_id"] for row in rows} == set(range(1, N_USERS + 1))
    mine = [row for row in rows if row["user_id"] == 2]
    assert [row["rank"] for row in mine] == list(range(1, 21))
    assert mine[0]["movie_id"] % 2 == 0  # this user rates even movies


def recommendations(project: Project) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(
        project.folder / "data/recommendations.parquet"
    ).to_pylist()
    return rows


@pytest.fixture
def publishing(
    project: Project,
    bucket: str,
    services: RunningServices,
    s3_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The variables that `matinee publish` reads, over an empty bucket; its name."""
    monkeypatch.setenv("MODEL_BUCKET", bucket)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", services.mlflow.url)
    monkeypatch.setenv("MLFLOW_MODEL_NAME", bucket)
    return bucket


def publish(folder: Path, *options: str) -> int:
    return main(["publish", str(folder), *options])


def stored(bucket: str, key: str) -> bytes:
    client = boto3.client("s3")
    content: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    client.close()
    return content


def test_published_model_serves_byte_for_byte_and_answers_like_the_batch(
    project: Project, publishing: str, tmp_path: Path, services: RunningServices
) -> None:
    artifact = project.folder / "models/artifact"
    assert publish(artifact) == 0
    pointer = json.loads(stored(publishing, "models/champion.json"))
    version = pointer["version"]
    for file in artifact.iterdir():
        assert stored(publishing, f"models/{version}/{file.name}") == file.read_bytes()
    manifest = (artifact / MANIFEST_NAME).read_bytes()
    assert pointer["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()

    answer = call_predict(project, publishing, tmp_path, user_id=2)
    assert (answer["model_version"], answer["strategy"]) == (version, "model")
    columns = ("movie_id", "score", "predicted_rating")
    batch = [row for row in recommendations(project) if row["user_id"] == 2]
    assert [[item[c] for c in columns] for item in answer["items"]] == [
        [row[c] for c in columns] for row in batch
    ]

    registry = MlflowClient(services.mlflow.url, services.mlflow.url)
    registered = registry.get_model_version_by_alias(publishing, "champion")
    assert registered.tags["version"] == version


def call_predict(project: Project, bucket: str, cache: Path, *, user_id: int) -> dict[str, Any]:
    """Invoke the predict function in a process of its own, as Lambda would."""
    run = subprocess.run(
        [sys.executable, "-c", CALL_PREDICT, str(user_id), "20"],
        env={
            **project.environment,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "MODEL_BUCKET": bucket,
            "MODEL_CACHE_DIR": str(cache),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def test_publishing_again_changes_nothing(
    project: Project, publishing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(project.folder / "models/artifact")
    pointer = stored(publishing, "models/champion.json")
    assert publish(project.folder / "models/artifact") == 0
    assert "serves: it already did" in capsys.readouterr().out
    assert stored(publishing, "models/champion.json") == pointer


def test_worse_model_serves_only_by_force(
    project: Project, publishing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(project.folder / "models/artifact")
    champion = json.loads(stored(publishing, "models/champion.json"))["version"]
    worse = worsened(project.folder / "models/artifact", tmp_path / "worse")
    assert publish(worse) == 1
    assert "does not serve: RMSE" in capsys.readouterr().out
    assert json.loads(stored(publishing, "models/champion.json"))["version"] == champion
    assert publish(worse, "--force", "--reason", "a trial") == 0
    pointer = json.loads(stored(publishing, "models/champion.json"))
    assert (pointer["version"], pointer["previous"]) == ("worse", champion)
    assert pointer["reason"] == "a trial"


def worsened(artifact: Path, folder: Path) -> Path:
    """Copy a model and let its manifest confess to larger errors."""
    shutil.copytree(artifact, folder)
    manifest = ArtifactManifest.from_bytes((folder / MANIFEST_NAME).read_bytes())
    metrics = manifest.metrics | {"rater.rmse": manifest.metrics["rater.rmse"] + 1}
    write_manifest(folder, manifest.model_copy(update={"version": "worse", "metrics": metrics}))
    return folder


def test_version_with_other_content_is_never_written_over(
    project: Project, publishing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = worsened(project.folder / "models/artifact", tmp_path / "first")
    publish(folder)
    other = worsened(folder, tmp_path / "second")
    assert publish(other) == 1
    assert "the bucket holds another version worse" in capsys.readouterr().err


def test_publishing_without_mlflow_says_so_and_goes_on(
    project: Project,
    publishing: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert publish(project.folder / "models/artifact") == 0
    assert "is not registered: there is none: MLFLOW_TRACKING_URI" in capsys.readouterr().out


def test_damaged_model_is_not_published(
    project: Project, publishing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(project.folder / "models/artifact", tmp_path / "damaged")
    array = folder / "item_biases.npy"
    array.write_bytes(array.read_bytes()[:-1] + b"\xff")
    assert publish(folder) == 1
    assert "item_biases.npy does not have the checksum" in capsys.readouterr().err
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=publishing)
