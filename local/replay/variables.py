"""Variables of the functions that a replay sets otherwise than the template does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lambda_emulator.template import FUNCTION, Template
from replay.errors import ReplayError


def read_variables(pairs: Sequence[str], template: Path) -> dict[str, str]:
    """Read NAME=VALUE pairs; a name that no function declares would have no effect."""
    variables = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ReplayError(f"--variable needs NAME=VALUE, not {pair!r}")
        variables[name] = value
    known = _declared(Template.load(template))
    unknown = sorted(variables.keys() - known)
    if unknown:
        raise ReplayError(
            f"--variable: no function in {template.name} has {', '.join(unknown)}; "
            f"they have {', '.join(sorted(known))}"
        )
    return variables


def _declared(template: Template) -> set[str]:
    functions = template.of_type(FUNCTION).values()
    return {
        name
        for function in functions
        for name in function["Properties"].get("Environment", {}).get("Variables", {})
    }
