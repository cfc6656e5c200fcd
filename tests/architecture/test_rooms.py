"""Every package says in one sentence what it is for; every module is small and imports quietly."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import FUNCTIONS, PACKAGES, label, python_files, syntax_tree

MODULES = [path for package in PACKAGES.values() for path in python_files(package)]
ROOMS = [path for path in MODULES if path.name == "__init__.py"]
# These are the process: they set up its log, and nothing else imports them.
ENTRY_POINTS = {package / "app.py" for package in FUNCTIONS.values()}

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


@pytest.mark.parametrize("path", ROOMS, ids=label)
def test_package_docstring_starts_with_one_sentence(path: Path) -> None:
    docstring = ast.get_docstring(syntax_tree(path)) or ""
    sentence = docstring.split("\n\n")[0]
    assert sentence[:1].isupper() and sentence.endswith((".", "?"))
    assert ". " not in sentence


def test_packages_all_have_an_init_module() -> None:
    folders = {path.parent for path in MODULES}
    assert {label(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_modules_and_functions_fit_the_eye(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    functions = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in functions.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", sorted({*MODULES} - ENTRY_POINTS), ids=label)
def test_importing_a_module_reads_no_environment_and_no_file(path: Path) -> None:
    reads = {
        ast.unparse(node) for node in _nodes_run_at_import(syntax_tree(path)) if _is_read(node)
    }
    assert reads == set()


def _nodes_run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what Python executes on import: everything but the insides of functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _nodes_run_at_import(child)


def _is_read(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value) == "os.environ"
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called in {"os.getenv", "os.environ.get", "open"} or called.endswith(
            (".open", ".read_text", ".read_bytes", ".mkdir", ".from_environment")
        )
    return False
