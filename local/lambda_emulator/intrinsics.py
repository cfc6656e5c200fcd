"""CloudFormation's intrinsic functions, as far as they have an answer on one machine.

What only the cloud knows (an attribute of a database, a secret) becomes `Unresolved`, a value which
spreads through every expression that uses it. Whoever needs the value decides whether that matters.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambda_emulator.errors import TemplateError


@dataclass(frozen=True)
class Unresolved:
    """A value that exists only in the cloud."""

    expression: str

    def __str__(self) -> str:
        """Show the expression as the template has it."""
        return self.expression


class _NoValue:
    """`AWS::NoValue`: the property counts as not written."""


NO_VALUE = _NoValue()

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")

Lookup = Callable[[str], Any]
AttributeLookup = Callable[[str, str], Any]


class Resolver:
    """Evaluates expressions against parameters, conditions, mappings and known resources."""

    def __init__(
        self,
        *,
        ref: Lookup,
        get_attribute: AttributeLookup,
        conditions: Mapping[str, Any],
        mappings: Mapping[str, Any],
    ) -> None:
        self._ref = ref
        self._get_attribute = get_attribute
        self._conditions = conditions
        self._mappings = mappings
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.condition,
            "Fn::And": lambda items: all(map(self._truth, items)),
            "Fn::Base64": lambda text: base64.b64encode(str(text).encode()).decode(),
            "Fn::Equals": lambda pair: _text(pair[0]) == _text(pair[1]),
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::Join": lambda args: str(args[0]).join(map(_text, args[1])),
            "Fn::Length": len,
            "Fn::Not": lambda items: not self._truth(items[0]),
            "Fn::Or": lambda items: any(map(self._truth, items)),
            "Fn::Select": lambda args: args[1][int(args[0])],
            "Fn::Split": lambda args: str(args[1]).split(str(args[0])),
            "Fn::ToJsonString": lambda value: json.dumps(value, separators=(",", ":")),
        }

    def resolve(self, value: Any) -> Any:
        """Evaluate every expression inside `value`."""
        if isinstance(value, list):
            items = [self.resolve(item) for item in value]
            return [item for item in items if item is not NO_VALUE]
        if isinstance(value, str) and "{{resolve:" in value:
            return Unresolved(value)
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            # A map called Condition belongs to an IAM policy; a name refers to the template's.
            is_condition = name == "Condition" and isinstance(argument, str)
            if name == "Ref" or name.startswith("Fn::") or is_condition:
                return self._call(name, argument)
        pairs = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def condition(self, name: str) -> bool:
        """Evaluate a condition of the template by its name."""
        if name not in self._conditions:
            raise TemplateError(f"the template names the condition {name}, which it does not have")
        return self._truth(self.resolve(self._conditions[name]))

    def _call(self, name: str, argument: Any) -> Any:
        if name == "Fn::If":
            chosen, when_true, when_false = argument
            return self.resolve(when_true if self.condition(chosen) else when_false)
        if name == "Fn::Sub":
            return self._substitute(argument)
        if name not in self._functions:
            return Unresolved(f"{name} {json.dumps(argument, default=str)}")
        resolved = self.resolve(argument)
        unknown = _first_unresolved(resolved)
        if unknown is not None:
            return unknown
        try:
            return self._functions[name](resolved)
        except (LookupError, TypeError, ValueError) as error:
            written = json.dumps(argument, default=str)
            raise TemplateError(f"cannot evaluate {name} {written}: {error}") from error

    def _truth(self, value: Any) -> bool:
        if isinstance(value, Unresolved):
            raise TemplateError(f"a condition depends on {value}, which only the cloud knows")
        return value is True or str(value).lower() == "true"

    def _substitute(self, argument: Any) -> Any:
        template, variables = argument if isinstance(argument, list) else (argument, {})
        parts: dict[str, Any] = {}
        for literal, name in _VARIABLE.findall(template):
            if not literal:
                parts[name] = self._sub_variable(name, variables)
        unknown = _first_unresolved(list(parts.values()))
        if unknown is not None:
            return Unresolved(f"!Sub {template}")
        text = _VARIABLE.sub(
            lambda match: (
                f"${{{match[2]}}}" if match[1] else _text(parts[match[2]])  # ${!Literal}
            ),
            template,
        )
        return Unresolved(text) if "{{resolve:" in text else text

    def _sub_variable(self, name: str, variables: Mapping[str, Any]) -> Any:
        name = name.strip()
        if name in variables:
            return self.resolve(variables[name])
        if "." in name:
            resource, attribute = name.split(".", 1)
            return self._get_attribute(resource, attribute)
        return self._ref(name)

    def _get_att(self, argument: Any) -> Any:
        path = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._get_attribute(path[0], ".".join(path[1:]))

    def _find_in_map(self, argument: Any) -> Any:
        table, row, column = argument[:3]
        return self.resolve(self._mappings[table][row][column])


def _first_unresolved(value: Any) -> Unresolved | None:
    if isinstance(value, Unresolved):
        return value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for item in items if (found := _first_unresolved(item))), None)


def _text(value: Any) -> str:
    """Write a value as CloudFormation does, where everything is a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
