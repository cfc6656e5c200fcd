"""Dependencies point one way: ui -> HTTP -> functions -> layer, and inside the layer downwards."""

import sys
from pathlib import Path

import pytest

from tests.support.source import (
    DASHBOARD,
    FUNCTIONS,
    LAYER,
    LOCAL,
    PACKAGES,
    imports_from,
    imports_of,
    label,
    python_files,
)

SHIPPED = [LAYER, *FUNCTIONS.values()]

# What each part of the layer may import of the layer, besides itself and matinee.errors.
LAYER_MAY_IMPORT = {
    "domain": [],
    "scoring": ["domain"],
    "evaluation": ["scoring", "domain"],
    "artifacts": ["scoring", "domain"],
    "stores": ["artifacts", "scoring", "domain", "observability", "settings"],
    "observability": [],
    "settings": [],
    "runs": ["stores", "domain"],
    "web": ["observability", "settings"],
    "errors": [],
}


def offences(packages: list[Path], *roots: str) -> dict[str, set[str]]:
    """Return, by file, the imports of the named modules in these packages."""
    found = {
        label(path): imports_from(path, *roots)
        for package in packages
        for path in python_files(package)
    }
    return {name: imports for name, imports in found.items() if imports}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_import_only_themselves_and_the_layer(function: str) -> None:
    others = PACKAGES.keys() - {function, "matinee"}
    assert offences([FUNCTIONS[function]], *others) == {}


def test_layer_imports_no_function_and_nothing_local() -> None:
    assert offences([LAYER], *(PACKAGES.keys() - {"matinee"})) == {}


def test_dashboard_knows_only_the_http_contract() -> None:
    assert offences([DASHBOARD], *(PACKAGES.keys() - {"dashboard"})) == {}


def test_emulator_knows_nothing_of_matinee() -> None:
    assert offences([LOCAL["lambda_emulator"]], *(PACKAGES.keys() - {"lambda_emulator"})) == {}


@pytest.mark.parametrize("part", LAYER_MAY_IMPORT)
def test_layer_parts_import_only_what_is_below_them(part: str) -> None:
    allowed = (part, "errors", *LAYER_MAY_IMPORT[part])
    above = [f"matinee.{other}" for other in LAYER_MAY_IMPORT if other not in allowed]
    assert offences([LAYER / part], *above) == {}


def test_layer_has_no_part_without_a_rule() -> None:
    parts = {path.stem for path in LAYER.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__init__", "__pycache__"} == set(LAYER_MAY_IMPORT)


def test_domain_needs_only_the_standard_library() -> None:
    foreign = {
        label(path): {
            name
            for name in imports_of(path)
            if name.split(".")[0] not in {*sys.stdlib_module_names, "matinee"}
        }
        for path in python_files(LAYER / "domain")
    }
    assert {name: imports for name, imports in foreign.items() if imports} == {}


def test_only_stores_opens_sockets() -> None:
    clients = ("boto3", "botocore", "psycopg2", "mlflow", "http.client", "urllib.request", "socket")
    outside = {
        name: imports
        for name, imports in offences(SHIPPED, *clients).items()
        if not name.startswith(f"{label(LAYER)}/stores/")
    }
    assert outside == {}


def test_only_trainer_imports_surprise() -> None:
    others = [package for name, package in PACKAGES.items() if name != "trainer"]
    assert offences(others, "surprise") == {}


def test_shipped_code_never_unpickles() -> None:
    serializers = ("pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal")
    assert offences(SHIPPED, *serializers) == {}


def test_stores_package_reexports_nothing() -> None:
    assert imports_of(LAYER / "stores/__init__.py") == set()
