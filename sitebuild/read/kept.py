"""What was read of sources, as JSON, so that the builds after this one have it too.

Each value of a type of the project is an object whose field `_TYPE` names the type: a
character that no source may hold, so no field and no key is called that.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sitebuild.disk import DiskCache, digest
from sitebuild.faults import Fault
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Prose,
    Reference,
    SourceLine,
)
from sitebuild.read import evidence, schema
from sitebuild.read.document import Reading

_TYPE = "\0"


def _types() -> Mapping[str, Callable[..., Any]]:
    types: list[Callable[..., Any]] = [Reading, Fault, Document, SourceLine]
    types += [Heading, Prose, Block, Finding, Reference, date]
    types += [form.make for form in schema.FRONT_MATTER.values()]
    types += [kind.make for kind in schema.BLOCKS.values()]
    return {it.__name__: it for it in types}


_TYPES = _types()


def pack(value: object) -> bytes:
    """Return a reading, or what is made of such values, as JSON."""
    return json.dumps(value, default=_fields).encode()


def unpack(data: bytes) -> Any:
    """Return the value that `pack` made JSON of; a tuple outside any type is a list."""
    return json.loads(data, object_hook=_value)


def unpack_reading(data: bytes, source: bytes) -> Reading:
    """Return the reading of a source that `pack` made JSON of; that has no source."""
    reading: Reading = unpack(data)
    document = dataclasses.replace(reading.document, source=source)
    return Reading(document, reading.faults)


def read_evidence(
    findings: tuple[str, bytes], references: tuple[str, bytes], disk: DiskCache
) -> evidence.Read:
    """Return what `evidence.read_evidence` does, from the disk where that has it."""
    if not disk.is_open:
        return evidence.read_evidence(findings, references)
    parts = []
    for name, data in (findings, references):
        parts += [name.encode(), data]

    def make() -> bytes:
        return pack(evidence.read_evidence(findings, references))

    found, faults = unpack(disk.remember("evidence", digest(*parts), make))
    return tuple(found) if found else None, tuple(faults)


def _fields(value: Any) -> dict[str, Any]:
    """Return a value of a type of the project by its fields."""
    name = type(value).__name__
    if isinstance(value, date):
        return {_TYPE: name, "year": value.year, "month": value.month, "day": value.day}
    if name not in _TYPES:
        raise TypeError(f"{name} is no type of what is read")
    fields = {it.name: getattr(value, it.name) for it in dataclasses.fields(value)}
    if isinstance(value, Document):
        del fields["source"]  # whoever asks for the reading has it
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
