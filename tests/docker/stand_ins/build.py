"""Builds every stand-in under the name of the image that it stands in for."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.docker.stand_ins import debian, lambda_python
from tests.support.source import ROOT

HERE = Path(__file__).parent
LEFT_OUT = ("Grafana", "pgAdmin")
LAMBDA_IMAGES = (
    "public.ecr.aws/lambda/python:3.12",
    "public.ecr.aws/lambda/python:3.12-x86_64",  # the name that SAM uses for zip functions
)


def build_all(images: dict[str, str]) -> None:
    """Build all stand-ins; `images` says which image each service of the compose file runs."""
    debian.build()
    _tag(debian.IMAGE, [images["python"]])
    for name in ("postgres", "prometheus", "pushgateway"):
        _build(name, [images[name]])
    _build("minio", [images["minio"]], {"ministack.txt": _locked("ministack")})
    client = lambda_python.client_requirements(_locked("local"))
    _build("lambda", LAMBDA_IMAGES, {"awslambdaric.txt": client})


def remove_all() -> None:
    """Remove what earlier runs built, and all that was built on it, for the real images' sake."""
    listing = ["docker", "images", "--quiet", "--filter", f"label={debian.LABEL}"]
    found = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
    if found:
        subprocess.run(["docker", "rmi", "--force", *found], capture_output=True)


def _build(
    name: str, tags: tuple[str, ...] | list[str], files: dict[str, str] | None = None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder, name)
        shutil.copytree(HERE / name, context)
        for path, text in (files or {}).items():
            (context / path).write_text(text)
        if name == "lambda":
            lambda_python.prepare(context)
        print(f"building the stand-in for {tags[0]}", flush=True)
        subprocess.run(["docker", "build", "--quiet", "--tag", tags[0], context], check=True)
    _tag(tags[0], tags[1:])


def _tag(image: str, names: tuple[str, ...] | list[str]) -> None:
    for name in names:
        subprocess.run(["docker", "tag", image, name], check=True)


def _locked(group: str) -> str:
    return (ROOT / f"requirements/{group}.txt").read_text()
