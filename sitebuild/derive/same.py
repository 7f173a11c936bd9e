"""Whether two values are the same in all that can be seen of them. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same; in doubt they are not.

    It is stricter than `==`, which leaves out the line that a value comes from, and
    quick where values are made of the very same ones.
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if is_dataclass(one):
        names = _fields_of(cast("Hashable", type(one)))
        return all(is_same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(
            map(is_same, one.values(), other.values())
        )
    return bool(one == other)


@cache
def _fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(it.name for it in fields(kind))


class Interned:
    """The values of the last build: one that is the same now is that very value again.

    What is made of it is then known to be the same at a glance.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._before: dict[str, Any] = {}
        self._now: dict[str, Any] = {}

    def take(self, name: str, value: T) -> T:
        """Return the value that had a name in the last build if it is the same."""
        known = self._before.get(name)
        if is_same(known, value):
            value = cast("T", known)
        self._now[name] = value
        return value

    def end(self) -> None:
        """End a build: forget the values that it did not have."""
        self._before = self._now
        self._now = {}
