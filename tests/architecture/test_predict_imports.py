"""What the predict function loads before its first answer decides how soon it can start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import FUNCTIONS, LAYER, ROOT, imports_of, python_files

HEAVY = ("surprise", "mlflow", "pandas", "evidently", "scipy", "sklearn", "matplotlib", "boto3")
OURS = ("predictor", "matinee")

# Run in a process of its own: this one has imported half the world already.
PROGRAM = f"""
import json, sys
import predictor.app
loaded = [name for name in sys.modules if name.split(".")[0] in {HEAVY!r}]
unpicklers = [
    name for name, module in sys.modules.items()
    if name.split(".")[0] in {OURS!r} and "pickle" in vars(module)
]
print(json.dumps({{"loaded": loaded, "unpicklers": unpicklers}}))
"""


@pytest.fixture(scope="module")
def imported() -> dict[str, list[str]]:
    roots = os.pathsep.join([str(FUNCTIONS["predictor"].parent), str(LAYER.parent)])
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": roots},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    graph: dict[str, list[str]] = json.loads(run.stdout)
    return graph


def test_predict_loads_none_of_the_heavy_packages(imported: dict[str, list[str]]) -> None:
    assert imported["loaded"] == []


def test_predict_code_never_holds_pickle(imported: dict[str, list[str]]) -> None:
    # NumPy imports the standard library's pickle for itself, so sys.modules always has it.
    # What counts: none of our modules does, and arrays are loaded with allow_pickle=False.
    assert imported["unpicklers"] == []


def test_predict_reaches_no_heavy_package_even_later() -> None:
    """Follows the imports in the source, so that those inside functions count too."""
    waiting, seen, foreign = set(python_files(FUNCTIONS["predictor"])), set(), set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        for name in imports_of(path):
            modules = [module for module in _modules_of_the_layer(name) if module not in seen]
            waiting.update(modules)
            foreign.add(name.split(".")[0])
    assert foreign & set(HEAVY) == set()


def _modules_of_the_layer(name: str) -> list[Path]:
    """Return the files behind a dotted name, be it a module or a name inside one."""
    path = LAYER.parent / name.replace(".", "/")
    tries = [path.with_suffix(".py"), path.parent.with_suffix(".py")]
    return [
        candidate for candidate in tries if candidate.is_relative_to(LAYER) and candidate.is_file()
    ]


def test_layer_loads_arrays_without_pickle() -> None:
    loads = [
        (path.name, line.strip())
        for package in (LAYER, FUNCTIONS["predictor"])
        for path in package.rglob("*.py")
        for line in path.read_text().splitlines()
        if "np.load(" in line or "open_memmap(" in line
    ]
    assert loads
    assert [load for load in loads if "allow_pickle=False" not in load[1]] == []
