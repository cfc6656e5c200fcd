"""From JSON to the classes of `answers`, strictly: a missing field is an error with its name."""

from __future__ import annotations

import dataclasses
import types
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Answer = TypeVar("Answer")


class UnexpectedAnswerError(Exception):
    """An answer does not have the documented form; the text says where."""


def decode(kind: type[Answer], value: Any, where: str = "answer") -> Answer:
    """Build a `kind` from what JSON said."""
    result: Answer = _decode(kind, value, where)
    return result


@cache
def fields_of(kind: type) -> dict[str, tuple[Any, bool]]:
    """Return the type of every field of an answer, and whether it may be left out."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            hints[field.name],
            field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    }


def is_optional(kind: Any) -> bool:
    """Return whether None is one of the values."""
    return type(None) in get_args(kind)


def without_none(kind: Any) -> Any:
    """Return the type beside None."""
    (inner,) = (arg for arg in get_args(kind) if arg is not type(None))
    return inner


def _decode(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(without_none(kind), value, where)
    if origin is list:
        (inner,) = get_args(kind)
        return [_decode(inner, item, f"{where}[]") for item in _expect(list, value, where)]
    if origin is dict:
        _, inner = get_args(kind)
        given = _expect(dict, value, where)
        return {key: _decode(inner, item, f"{where}.{key}") for key, item in given.items()}
    if dataclasses.is_dataclass(kind):
        return _decode_fields(kind, _expect(dict, value, where), where)
    return _decode_plain(kind, value, where)


def _decode_fields(kind: Any, value: dict[str, Any], where: str) -> Any:
    given = {}
    for name, (inner, has_default) in fields_of(kind).items():
        if name in value:
            given[name] = _decode(inner, value[name], f"{where}.{name}")
        elif not has_default:
            raise UnexpectedAnswerError(f"{where}.{name} is missing")
    return kind(**given)


def _decode_plain(kind: Any, value: Any, where: str) -> Any:
    if kind is datetime:
        try:
            return datetime.fromisoformat(_expect(str, value, where))
        except ValueError as error:
            raise UnexpectedAnswerError(f"{where} is no date and time: {value!r}") from error
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return _expect(kind, value, where)


def _expect(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnexpectedAnswerError(f"{where} is {type(value).__name__}, not {kind.__name__}")
    return value
