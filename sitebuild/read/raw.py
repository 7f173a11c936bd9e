"""What an editor wrote, before its type is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Raw:
    """What an editor wrote for one field, before it is read.

    `rows` are those of a list whose items have fields themselves.
    """

    value: Any
    line: int
    rows: tuple[Mapping[str, Raw], ...] = ()
