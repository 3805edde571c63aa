"""Documents and their fields, as words that people and programs can be told. Pure.

The code that fills a document stands beside its verb; a test holds what real
commands answer against what is said here, in both directions.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tuimail.core.values import dataclass, replace

Schema = dict[str, object]
_TYPES: Final[Mapping[str, Schema]] = {
    "text": {"type": "string"},
    "whole number": {"type": "integer"},
    "number": {"type": "number"},
    "yes or no": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "text by name": {"type": "object", "additionalProperties": {"type": "string"}},
    "number by name": {
        "type": "object",
        "additionalProperties": {"type": "integer"},
    },
    "value by name": {"type": "object", "additionalProperties": True},
    "list of rules": {"type": "array", "items": {"type": "object"}},
    "list of lines": {"type": "array", "items": {"type": "object"}},
    "pairs": {
        "type": "array",
        "items": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "maxItems": 2,
        },
    },
}
"""The kinds of values, in the words of the docs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A document, or a part of one that has fields of its own."""

    name: str
    """One word, which never gets another meaning."""
    meaning: str
    fields: Mapping[str, "Field"]

    def parts(self) -> Iterator["Shape"]:
        """Yield it, and all that it consists of; one more than once, maybe."""
        yield self
        for field in self.fields.values():
            if field.shape is not None:
                yield from field.shape.parts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What stands under one name."""

    kind: str
    """A kind of value, or the name of ``shape``."""
    what: str
    """What it says; empty where its name says it."""
    shape: Shape | None = None
    is_list: bool = False
    is_by_name: bool = False
    """Whether it is an object whose names are data, and this its values."""
    may_be_null: bool = False
    may_lack: bool = False
    """Whether some answers are without it."""
    choices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its kind, as the docs have it."""
        several = f"list of {self.kind}" if self.is_list else self.kind
        named = f"{several} by name" if self.is_by_name else several
        return f"{named}, or null" if self.may_be_null else named


def text(what: str = "", *, choices: Iterable[str] = ()) -> Field:
    """Return a field with text."""
    return Field(kind="text", what=what, choices=tuple(choices))


def texts(what: str = "") -> Field:
    """Return a field with a list of texts."""
    return Field(kind="text", what=what, is_list=True)


def count(what: str = "") -> Field:
    """Return a field with a whole number."""
    return Field(kind="whole number", what=what)


def flag(what: str = "") -> Field:
    """Return a field that says yes or no."""
    return Field(kind="yes or no", what=what)


def time(what: str = "") -> Field:
    """Return a field with a time, ISO 8601; in UTC where nothing else is said."""
    return Field(kind="time", what=what)


def value(kind: str, what: str = "") -> Field:
    """Return a field with another kind of value."""
    return Field(kind=kind, what=what)


def one(shape: Shape, what: str = "") -> Field:
    """Return a field with a part that has fields of its own."""
    return Field(kind=shape.name, what=what, shape=shape)


def many(shape: Shape, what: str = "") -> Field:
    """Return a field with a list of such parts."""
    return Field(kind=shape.name, what=what, shape=shape, is_list=True)


def by_name(shape: Shape, what: str = "") -> Field:
    """Return a field with an object of such parts, each under a name of its own."""
    return Field(kind=shape.name, what=what, shape=shape, is_by_name=True)


def maybe(field: Field) -> Field:
    """Return a field that is null where there is nothing to say."""
    return replace(field, may_be_null=True)


def sometimes(field: Field) -> Field:
    """Return a field that some answers are without."""
    return replace(field, may_lack=True)


def schema(shapes: Iterable[Shape], *, title: str) -> Schema:
    """Return the JSON Schema (2020-12) of an answer that is one of ``shapes``.

    A field may come that is not in it, so further ones are not forbidden.
    """
    wanted = tuple(shapes)
    parts = {part.name: part for shape in wanted for part in shape.parts()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "anyOf": [_reference(shape) for shape in wanted],
        "$defs": {name: _object(parts[name]) for name in sorted(parts)},
    }


def _reference(shape: Shape) -> Schema:
    return {"$ref": f"#/$defs/{shape.name}"}


def _object(shape: Shape) -> Schema:
    return {
        "type": "object",
        "description": shape.meaning,
        "properties": {name: _value(field) for name, field in shape.fields.items()},
        "required": [
            name for name, field in shape.fields.items() if not field.may_lack
        ],
    }


def _value(field: Field) -> Schema:
    found = _reference(field.shape) if field.shape else dict(_TYPES[field.kind])
    if field.choices:
        found["enum"] = list(field.choices)
    if field.is_list:
        found = {"type": "array", "items": found}
    if field.is_by_name:
        found = {"type": "object", "additionalProperties": found}
    if field.may_be_null:
        found = {"anyOf": [found, {"type": "null"}]}
    return {**found, "description": field.what} if field.what else found
