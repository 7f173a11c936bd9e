"""What pictures draw of a finding: how long an effect was seen, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

# As in the model, of a field that an editor must set.
_REQUIRED = {"required": True}


class Time(NamedTuple):
    """How long after it began: in words, and in minutes; 0 is right after."""

    words: str
    minutes: int


class Difference(NamedTuple):
    """By how much a group did better on a scale, and its 95 % interval."""

    group: str
    better: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Lasting:
    """How long a study saw an effect.

    It was seen from one time until another, and at `gone_by` no longer. A time that
    no source gives is None; `note` says in words what is known then.
    """

    effect: str = field(default="", metadata=_REQUIRED)
    against: str = field(default="", metadata=_REQUIRED)
    people: str = field(default="", metadata=_REQUIRED)
    source: str = field(default="", metadata=_REQUIRED)
    seen_from: Time | None = None
    seen_until: Time | None = None
    gone_by: Time | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A scale from 0 to `most` on which a trial measured differences.

    `worthwhile` is the difference that the trial team call so.
    """

    measured: str = field(default="", metadata=_REQUIRED)
    against: str = field(default="", metadata=_REQUIRED)
    source: str = field(default="", metadata=_REQUIRED)
    after: str = field(default="", metadata=_REQUIRED)
    most: int = field(default=1, metadata=_REQUIRED)
    worthwhile: Decimal = field(default=Decimal(0), metadata=_REQUIRED)
    differences: tuple[Difference, ...] = field(default=(), metadata=_REQUIRED)


class Count(NamedTuple):
    """How many people a source studied, or trials where it counts no people."""

    number: int
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """All that pictures draw of one finding."""

    lasting: tuple[Lasting, ...] = ()
    scales: tuple[Scale, ...] = ()
    studied: tuple[Count, ...] = ()

    @property
    def people(self) -> int:
        """Return on how many people it was studied; 0 where nobody counted them."""
        return sum(it.number for it in self.studied if it.unit == "people")
