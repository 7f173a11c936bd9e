"""What pictures draw of a finding: how long an effect was seen, and how much of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080, "year": 525_600}


def required(default: Any) -> Any:
    """Return a field that an editor must set; the default lets a build go on."""
    return field(default=default, metadata={"required": True})


class Time(NamedTuple):
    """How long after it began: in words, and in minutes; 0 is right after."""

    words: str
    minutes: int

    @classmethod
    def read(cls, text: str) -> Time:
        """Return what an editor writes as `10 weeks`; a year is the longest."""
        found = re.fullmatch(rf"(\d+) ({'|'.join(_MINUTES)})s?", text)
        minutes = int(found[1]) * _MINUTES[found[2]] if found else -1
        if not 0 <= minutes <= _MINUTES["year"]:
            units = ", ".join(f"{unit}s" for unit in _MINUTES)
            raise ValueError(
                f"allowed is a number of {units}, a year at most; 0 minutes is right "
                "after"
            )
        return cls(text, minutes)


class Difference(NamedTuple):
    """By how much a group did better on a scale, and its 95 % interval."""

    group: str
    better: Decimal
    low: Decimal
    high: Decimal

    @classmethod
    def read(cls, text: str) -> Difference:
        """Return what an editor writes as `group 2.5 (1.4 to 3.5)`."""
        number = r"(\d+\.?\d*)"
        form = rf"(\D+) {number} \({number} to {number}\)"
        found = re.fullmatch(form, text, re.ASCII)
        if not found:
            raise ValueError("allowed is a list of `group 2.5 (1.4 to 3.5)`")
        return cls(found[1], *map(Decimal, found.groups()[1:]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Lasting:
    """How long a study saw an effect.

    It was seen from one time until another, and at `gone_by` no longer. A time that
    no source gives is None; `note` says in words what is known then. `size` is what
    the source calls the effect.
    """

    effect: str = required("")
    against: str = required("")
    people: str = required("")
    source: str = required("")
    seen_from: Time | None = None
    seen_until: Time | None = None
    gone_by: Time | None = None
    size: Literal["", "small"] = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A scale from 0 to `most` on which a trial measured differences.

    `worthwhile` is the difference that the trial team call so.
    """

    measured: str = required("")
    against: str = required("")
    source: str = required("")
    after: str = required("")
    most: int = required(1)
    worthwhile: Decimal = required(Decimal(0))
    differences: tuple[Difference, ...] = required(())


class Count(NamedTuple):
    """How many people a source studied, or trials where it counts no people."""

    number: int
    unit: str
    source: str

    @classmethod
    def read(cls, text: str) -> Count:
        """Return what an editor writes as `30 people in key`, or `0 people`."""
        found = re.fullmatch(r"(\d{1,7}) ([a-z]+)(?: in (\S+))?", text, re.ASCII)
        if not found:
            raise ValueError("allowed is a list of `30 people in key`, or [0 people]")
        return cls(int(found[1]), found[2], found[3] or "")


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
