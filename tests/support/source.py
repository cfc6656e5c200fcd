"""What the project's own source files say, read without running them."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]

LAYER = ROOT / "layers/common/python/matinee"
FUNCTIONS = {
    "predictor": ROOT / "functions/predict/predictor",
    "trainer": ROOT / "functions/train/trainer",
    "drift_monitor": ROOT / "functions/drift/drift_monitor",
}
LOCAL = {path.parent.name: path.parent for path in sorted((ROOT / "local").glob("*/__init__.py"))}
DASHBOARD = ROOT / "ui/dashboard"
PACKAGES = {"matinee": LAYER, "dashboard": DASHBOARD, **FUNCTIONS, **LOCAL}


def python_files(package: Path) -> list[Path]:
    """Return every module of a package, its subpackages included; or the module itself."""
    return sorted(package.rglob("*.py")) or [package.with_suffix(".py")]


def label(path: Path) -> str:
    """Name a file as a reader of a failed test would look for it."""
    return str(path.relative_to(ROOT))


def syntax_tree(path: Path) -> ast.Module:
    """Parse one module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports anywhere, also inside functions.

    ``from a import b`` counts as ``a.b``, which covers both a module b and a name b of a.
    """
    names: set[str] = set()
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{label(path)}: relative imports hide where a name is from"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def imports_from(path: Path, *roots: str) -> set[str]:
    """Return the imports of a module that are, or are inside, one of the named modules."""
    return {
        name
        for name in imports_of(path)
        if any(name == root or name.startswith(f"{root}.") for root in roots)
    }
