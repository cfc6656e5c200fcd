"""Finds the code of an image function: where its Dockerfile copies it from."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lambda_emulator.errors import TemplateError

TASK_ROOT = PurePosixPath("/var/task")
LAYER_ROOT = PurePosixPath("/opt/python")


@dataclass(frozen=True)
class ImageSource:
    """What an image would contain, as paths of this machine."""

    code_roots: tuple[Path, ...]
    layer_paths: tuple[Path, ...]
    command: str | None
    environment: dict[str, str]


def read_image_source(context: Path, dockerfile: str) -> ImageSource:
    """Read the last stage of a Dockerfile, as far as it says where the code comes from."""
    path = context / dockerfile
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"cannot read {path}: {error.strerror}") from error
    code: list[Path] = []
    layers: list[Path] = []
    command = None
    environment: dict[str, str] = {}
    workdir = TASK_ROOT
    for keyword, rest in _instructions(text):
        if keyword == "FROM":
            command, environment, workdir = None, {}, TASK_ROOT
            code.clear()
            layers.clear()
        elif keyword == "WORKDIR":
            workdir = _target(workdir, rest)
        elif keyword == "CMD":
            command = _command(rest)
        elif keyword == "ENV":
            environment.update(_assignments(rest))
        elif keyword == "COPY":
            for source, target in _copies(context, workdir, rest):
                _collect(source, target, TASK_ROOT, code)
                _collect(source, target, LAYER_ROOT, layers)
    environment.pop(
        "PYTHONPATH", None
    )  # names folders of the image; the copied ones stand for them
    return ImageSource(tuple(code), tuple(layers), command, environment)


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    pairs = [line.strip().split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(pair[0].upper(), pair[1]) for pair in pairs if len(pair) == 2]


def _target(workdir: PurePosixPath, written: str) -> PurePosixPath:
    plain = written.replace("${LAMBDA_TASK_ROOT}", str(TASK_ROOT))
    return workdir / plain.replace("$LAMBDA_TASK_ROOT", str(TASK_ROOT)).strip('"')


def _copies(context: Path, workdir: PurePosixPath, rest: str) -> list[tuple[Path, PurePosixPath]]:
    """List (source, target) of one COPY; a file's or folder's own name is part of the target."""
    words = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
    if any(word.startswith("--from") for word in words):
        return []  # comes out of another image, not out of this folder
    *sources, written = [word for word in words if not word.startswith("--")]
    into_folder = written.endswith(("/", ".")) or len(sources) > 1
    target = _target(workdir, written)
    found = []
    for source in sources:
        for path in sorted(context.glob(source)) if "*" in source else [context / source]:
            own_name = path.is_file() and (into_folder or target in (TASK_ROOT, LAYER_ROOT))
            found.append((path, target / path.name if own_name else target))
    return found


def _collect(source: Path, target: PurePosixPath, root: PurePosixPath, into: list[Path]) -> None:
    """Add the folder that stands for `root`, if `source` lands in it."""
    if not target.is_relative_to(root) or (source.is_file() and source.suffix != ".py"):
        return
    folder = source.resolve()
    for name in reversed(target.relative_to(root).parts):
        if folder.name != name:
            return  # renamed on the way: no folder here looks like the image
        folder = folder.parent
    if folder.is_dir() and folder not in into:
        into.append(folder)


def _command(rest: str) -> str | None:
    words = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
    return str(words[0]) if words else None


def _assignments(rest: str) -> dict[str, str]:
    words = shlex.split(rest)
    if "=" not in words[0]:
        return {words[0]: " ".join(words[1:])}
    return dict(word.split("=", 1) for word in words)
