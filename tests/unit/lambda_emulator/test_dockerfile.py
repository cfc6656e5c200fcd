"""Where an image's code is on this machine."""

from pathlib import Path

import pytest

from lambda_emulator.dockerfile import read_image_source
from lambda_emulator.errors import TemplateError


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name in ("functions/train/trainer/app.py", "layers/python/shared/a.py", "req.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    "copy",
    [
        "COPY functions/train/trainer ${LAMBDA_TASK_ROOT}/trainer",
        "COPY functions/train/ ${LAMBDA_TASK_ROOT}",
        "COPY functions/train /var/task/",
        "COPY functions/train .",
        "COPY --chown=1:1 functions/train ./",
        "COPY functions/train/trainer ./trainer",
        'COPY ["functions/train", "/var/task"]',
        "WORKDIR /var\nCOPY functions/train \\\n  task",
    ],
)
def test_code_is_found_where_it_is_copied_from(context: Path, copy: str) -> None:
    (context / "Dockerfile").write_text(f"FROM base\nCOPY req.txt .\n{copy}\n")

    source = read_image_source(context, "Dockerfile")

    assert source.code_roots == (context / "functions/train",)


def test_single_module_stands_for_its_folder(context: Path) -> None:
    (context / "Dockerfile").write_text("FROM base\nCOPY functions/train/trainer/app.py .\n")

    source = read_image_source(context, "Dockerfile")

    assert source.code_roots == (context / "functions/train/trainer",)


def test_last_stage_decides_layer_command_and_variables(context: Path) -> None:
    (context / "Dockerfile").write_text(
        "FROM base AS build\n"
        "COPY functions/train .\n"
        "FROM base\n"
        "# COPY functions/none .\n"
        "COPY --from=build /var/task /var/task\n"
        "COPY layers/python /opt/python\n"
        'ENV A=1 B="two words" PYTHONPATH=/opt/python\n'
        'CMD ["trainer.app.handler"]\n'
    )

    source = read_image_source(context, "Dockerfile")

    assert source.code_roots == ()
    assert source.layer_paths == (context / "layers/python",)
    assert source.command == "trainer.app.handler"
    assert source.environment == {"A": "1", "B": "two words"}


def test_missing_dockerfile_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Dockerfile"):
        read_image_source(tmp_path, "Dockerfile")
