"""A reading of a source file as JSON, so that the builds after this one have it too.

Each value of a type of the project is an object whose first field, "", names the type;
no field of a source file has that name.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sitebuild.faults import Fault
from sitebuild.model import Block, Document, Heading, Prose, SourceLine
from sitebuild.read import schema
from sitebuild.read.document import Reading

_TYPE = ""


def _types() -> Mapping[str, Callable[..., Any]]:
    types: list[Callable[..., Any]] = [Reading, Fault, Document, SourceLine]
    types += [Heading, Prose, Block, date]
    types += [form.make for form in schema.FRONT_MATTER.values()]
    types += [kind.make for kind in schema.BLOCKS.values()]
    return {it.__name__: it for it in types}


_TYPES = _types()


def pack(reading: Reading) -> bytes:
    """Return a reading as JSON."""
    return json.dumps(reading, default=_fields).encode()


def unpack(data: bytes) -> Reading:
    """Return the reading that `pack` made JSON of."""
    reading: Reading = json.loads(data, object_hook=_value)
    return reading


def _fields(value: Any) -> dict[str, Any]:
    """Return a value of a type of the project by its fields."""
    name = type(value).__name__
    if isinstance(value, date):
        return {_TYPE: name, "year": value.year, "month": value.month, "day": value.day}
    if name not in _TYPES:
        raise TypeError(f"{name} is no type of what is read")
    fields = {it.name: getattr(value, it.name) for it in dataclasses.fields(value)}
    return {_TYPE: name, **fields}


def _value(fields: dict[str, Any]) -> Any:
    """Return the value that has some fields; lists among them were tuples."""
    if _TYPE not in fields:
        return fields
    make = _TYPES[fields.pop(_TYPE)]
    for name, value in fields.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
    return make(**fields)
